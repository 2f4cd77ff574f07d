"""State that the backend shares: time, objects that were made, and the session with the engine."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from pyNN.random import NumpyRNG, RandomDistribution

from pyNN import common

from .. import binary, document, session
from ..errors import EngineError, UnsupportedError

name = "spinnsim"

_LARGE = (20_000, 1_000_000)
_PROBES = {
    "pre_neurons": {"pre_neurons": "0:1"},
    "seed": {"seed": 1},
    "expression": {"synapse": {"weight": {"expression": "d"}}},
}


class ID(int, common.IDMixin):
    """A neuron: its number among all, and the population that it is in."""

    def __init__(self, n: int) -> None:
        int.__init__(n)
        common.IDMixin.__init__(self)


class State(common.control.BaseState):
    """One network, from `setup` to `end`."""

    def __init__(self) -> None:
        common.control.BaseState.__init__(self)
        self.mpi_rank = 0
        self.num_processes = 1
        self.session: session.Session | None = None
        self.ready = False
        self.ended = False
        self.options: dict[str, Any] = {}
        self.live: Any = None
        self.clear()

    def clear(self) -> None:
        """Forgets the network and ends its engine."""
        self.close()
        self.recorders: set[Any] = set()
        self.write_on_end = []
        self.populations: list[Any] = []
        self.projections: list[Any] = []
        self.sources: list[Any] = []
        self.per_core: dict[type, Any] = {}
        self.synapse_cores: dict[type, int] = {}
        self.pending: list[dict[str, Any]] = []
        self.id_counter = 42
        self.segment_counter = 0
        self.dt = 0.1
        self.min_delay: Any = "auto"
        self.max_delay: Any = "auto"
        self.seed: int | None = None
        self.rng = NumpyRNG(seed=1)
        self.running = False
        self.ran = False
        self.runs = 0
        self.advancing = False
        self.t = 0.0
        self.t_start = 0
        self.steps = 0
        self.structure_changed = True
        self.changes_sent = 0
        self.document: session.Document | None = None
        self.holders: list[Any] = []
        self.reload_at_reset = False

    @property
    def smallest_delay(self) -> float:
        """What a synapse without a delay has, ms."""
        return self.dt if self.min_delay == "auto" else float(self.min_delay)

    def adopt(self, value: Any) -> Any:
        """Random distributions without a seed of their own draw from the session's generator."""
        if isinstance(value, RandomDistribution) and getattr(value.rng, "seed", 0) is None:
            value.rng = self.rng
        return value

    @staticmethod
    def knows(key: str) -> bool:
        """Whether the engine found takes a key of a projection that earlier ones lack."""
        return binary.probe(binary.find(state.options.get("binary")), _PROBES[key])

    def changed(self, what: str) -> None:
        """Notes a change of structure: populations, projections, recordings, delays."""
        self.structure_changed = True
        self._why = what

    def change(self, **entry: Any) -> None:
        """Notes a change of values, which the engine hears of before it goes on."""
        if entry["kind"] == "state" and not self.ran:
            self.structure_changed = True
        if self.session is None or self.structure_changed:
            return
        if entry["kind"] == "parameter":
            # Values are looked up when the engine is told: one entry for each parameter of a population is enough.
            what = (entry["kind"], entry["population"], entry["name"])
            for other in self.pending:
                if (other["kind"], other.get("population"), other.get("name")) == what:
                    other["neurons"] = np.union1d(other["neurons"], entry["neurons"])
                    return
        self.pending.append(entry)

    def reload(self, what: str) -> None:
        """Notes what the engine can only have from the beginning: it is told before a run, or at the next reset."""
        if self.ran:
            self.reload_at_reset = True
        else:
            self.changed(what)

    def loaded(self) -> session.Session:
        """The session, with the network as it is in it. Throws `EngineError`."""
        if self.session is None or self.structure_changed:
            if self.steps:
                raise NotImplementedError(
                    "The network cannot be changed between runs without resetting "
                    f"(changed: {getattr(self, '_why', 'structure')})"
                )
            self._load()
        assert self.session is not None
        if self.pending:
            changes, self.pending = self.pending, []
            assert self.document is not None
            self.changes_sent += 1
            self.session.apply(document.changes(changes, self.document), self.document.folder)
        return self.session

    def connected(self) -> session.Session:
        """
        The session for a question about synapses, which has an answer before a run even where there can be no run.

        Who is joined with whom follows from connectors alone: rules of learning that the machine refuses are left out
        until then. Throws `EngineError`.
        """
        try:
            return self.loaded()
        except EngineError as refusal:
            if self.ran or self.session is None or refusal.code != 65:
                raise
            try:
                self._load(learning=False)
            except EngineError:
                raise refusal from None
            self.changed("rules of learning")
            return self.session

    def _load(self, learning: bool = True) -> None:
        folder = Path(tempfile.mkdtemp(prefix="spinnsim-")) if self.document is None else self.document.folder
        self.document = document.written(self, folder)
        if not learning:
            document.without_learning(self.document)
        self.pending = []
        if self.session is None:
            self.session = session.start(self._ranks(), self.options.get("binary"), self.options.get("progress"))
            self.session.forgets = not self.options.get("results")
        self.session.load(self.document)
        self.structure_changed = False

    def _ranks(self) -> int:
        asked = self.options.get("ranks") or os.environ.get("SPINNSIM_RANKS")
        if asked:
            return int(asked)
        neurons = sum(population.size for population in self.populations)
        synapses = sum(projection.estimate() for projection in self.projections)
        return 1 if neurons < _LARGE[0] and synapses < _LARGE[1] else os.cpu_count() or 1

    def run(self, simtime: float) -> None:
        """Goes on for `simtime` ms."""
        self.run_until(self.t + simtime)

    def run_until(self, tstop: float) -> None:
        """Goes on until `tstop` ms. Throws `EngineError`."""
        steps = int(round(tstop / self.dt)) - self.steps
        if steps < 0:
            raise ValueError(f"time {tstop} is in the past (it is {self.t})")
        self.advance(steps)

    def advance(self, steps: int | None) -> session.Ran:
        """Goes on for a number of steps, or until stopped; live connections hear of it. Throws `EngineError`."""
        engine = self.loaded()
        holders, self.holders = self.holders, []
        for holder in holders:
            holder.finish()
        live = self.live if self.live is not None and self.live.active else None
        with self.run_of():
            if live is None:
                return self.go(engine, steps, False)
            return live.told(
                None if steps is None else steps * self.dt, lambda engine, realtime: self.go(engine, steps, realtime)
            )

    @contextmanager
    def run_of(self) -> Iterator[None]:
        """A run, which may be asked to stop from here on."""
        self.runs += 1
        self.advancing = True
        try:
            yield
        finally:
            self.advancing = False

    def go(self, engine: session.Session, steps: int | None, realtime: bool) -> session.Ran:
        """Runs and takes the time. Throws `EngineError`."""
        self.running = True
        self.ran = True
        try:
            return engine.run(steps, realtime)
        except EngineError:
            self.close()
            raise
        finally:
            self.steps = engine.step
            self.t = self.steps * self.dt

    def reset(self) -> None:
        """Time 0, first state and weights; parameters stay."""
        if self.reload_at_reset or self.pending or (self.session is not None and not self.session.resets):
            # The network is written anew, with all that has been set since.
            self.structure_changed = True
            self.reload_at_reset = False
            self.pending = []
        if self.session is not None and not self.structure_changed:
            self.session.reset()
        self.running = False
        self.ran = False
        self.t = 0.0
        self.t_start = 0
        self.steps = 0
        self.segment_counter += 1
        for population in self.populations:
            population.sent = None

    def state_of(self, name: str, population: Any, variable: str) -> Any:
        """A state variable of all neurons as it is [size], or nothing where the engine does not tell."""
        if self.session is None:
            return None
        engine_name = document.state_name(population, variable)
        key = (name, engine_name, self.steps)
        if getattr(self, "_state_key", None) != key:
            try:
                self._state_value = self.session.state(name, [engine_name])[engine_name]
            except (UnsupportedError, EngineError):
                self._state_value = None
            self._state_key = key
        return self._state_value

    def placed(self, population: Any) -> dict[str, Any]:
        """What the machine's map says of a population, or nothing before there is one."""
        if self.session is None or self.structure_changed or self.document is None:
            return {}
        name = self.document.names.get(population)
        entries = self.session.machine_map().get("populations", [])
        return next((entry for entry in entries if entry.get("name") == name), {})

    def end(self) -> None:
        """Takes what is recorded out of the engine, and ends it."""
        if self.live is not None:
            self.live.join()
            self.live.forget()
        for recorder in self.recorders:
            recorder.keep()
        for population, variables, file in self.write_on_end:
            population.write_data(file, variables)
        self.write_on_end = []
        results = self.options.get("results")
        if results and self.session is not None and hasattr(self.session, "write_report"):
            self.session.write_report(Path(results).resolve())
        self.close()
        self.ended = True

    def close(self) -> None:
        """Ends the engine, whatever is in it."""
        if self.session is not None:
            self.session.close()
            self.session = None


state = State()
