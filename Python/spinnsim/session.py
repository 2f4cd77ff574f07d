"""A network that has been handed to the engine: run, asked, changed, reset."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from . import binary
from .errors import EngineError, Origin, UnsupportedError, from_engine
from .results import Edges, Report, read_edges, read_report, read_rewiring, read_spikes

logger = logging.getLogger("spinnsim")


@dataclass
class Document:
    """A topology, the folder of the files it names, and what each entry came from."""

    content: dict[str, Any]
    folder: Path
    origins: dict[str, Origin] = field(default_factory=dict)
    names: dict[Any, str] = field(default_factory=dict)
    entries: dict[Any, list[tuple[int, Any, Any]]] = field(default_factory=dict)

    def text(self) -> bytes:
        return json.dumps(self.content, default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} has no place in a topology")


@dataclass(frozen=True)
class Ran:
    """What a run came to: the step reached, and why it ended (`done`, `request` or `interrupt`)."""

    step: int
    stopped: str = "done"
    spikes: int = 0
    overruns: int = 0
    late: int = 0


class Session(ABC):
    """The engine with a network in it. Steps are counted from the last reset."""

    program: Path
    step: int = 0
    resets: bool = True
    """Whether `reset` leads back to the network as it is by now; else it has to be loaded again."""
    forgets: bool = True
    """Whether the engine may forget what was taken out of it: not where it is to write a results folder at the end."""

    @abstractmethod
    def load(self, document: Document) -> None:
        """Replaces the network. Throws `EngineError`."""

    @abstractmethod
    def run(self, steps: int | None, realtime: bool = False) -> Ran:
        """Goes on for `steps`, or until `stop`. Throws `EngineError`."""

    @abstractmethod
    def apply(self, changes: list[dict[str, Any]], folder: Path) -> None:
        """Changes parameters, state, inputs or weights before the next step, all or none. Throws `EngineError`."""

    @abstractmethod
    def spikes(self, population: str) -> tuple[np.ndarray, np.ndarray]:
        """Times (ms) and neurons of all recorded spikes since the last reset, in the order of times."""

    @abstractmethod
    def report(self, population: str, variable: str) -> Report | None:
        """All samples of a recorded variable since the last reset, or nothing when none was taken."""

    @abstractmethod
    def edges(self, projection: int, pending: bool = False) -> Edges:
        """Synapses of a projection by its place in the topology, as they are."""

    @abstractmethod
    def rewiring(self, projection: str) -> np.ndarray | None:
        """Synapses of a recorded projection that formed and went since the last reset."""

    @abstractmethod
    def state(self, population: str, variables: list[str]) -> dict[str, np.ndarray]:
        """State variables of all neurons, as they are."""

    @abstractmethod
    def reset(self) -> None:
        """Back to step 0: initial state and weights. Parameters keep their changes."""

    @abstractmethod
    def machine_map(self) -> dict[str, Any]:
        """Where the network is on the machine, as `spinnsim map --json` says it."""

    @abstractmethod
    def close(self) -> None:
        """Ends the engine. May be called twice."""

    def stop(self) -> None:
        """Ends a run that goes on in another thread, at its next step."""
        raise UnsupportedError("stop", "runs of this engine cannot be stopped", "it needs `spinnsim serve`")

    def live(self, population: str, heard: Callable[[int, np.ndarray], None]) -> None:
        """Has `heard` called with step and neurons whenever a step of a run ends in which neurons spiked."""
        raise UnsupportedError("live output", "this engine has none", "it needs `spinnsim serve`")

    @abstractmethod
    def drain(self) -> None:
        """Waits until those who listen to spikes have been called for all that came."""

    def inject(self, population: str, indices: list[int], step: int | None = None) -> None:
        """Makes neurons of a SpikeInjector fire in the next step, or in `step`."""
        raise UnsupportedError("live input", "this engine has none", "it needs `spinnsim serve`")

    def rates(self, population: str, rates: float | list[float]) -> None:
        """Sets rates (Hz) of Poisson sources from the next step on, also while a run goes on."""
        raise UnsupportedError("live rates", "this engine has none", "it needs `spinnsim serve`")


def start(
    ranks: int = 1,
    explicit: str | None = None,
    progress: Callable[[dict[str, Any]], None] | None = None,
) -> Session:
    """The session of the best transport that the program found has. Throws `EngineNotFoundError`."""
    program = binary.find(explicit)
    transport = os.environ.get("SPINNSIM_TRANSPORT", "auto")
    if transport != "batch" and "serve" in binary.subcommands(program):
        from .serve import ServeSession

        return ServeSession(program, ranks, progress)
    if transport == "serve":
        raise EngineError(f"{program} has no subcommand serve")
    return BatchSession(program, ranks)


class BatchSession(Session):
    """
    Runs of the program one by one, each from the beginning.

    Equal topologies give equal spikes, so that to go on is to run again for longer. What changes in between becomes a
    change of the topology, which acts at its time in every run that comes after.
    """

    def __init__(self, program: Path, ranks: int) -> None:
        self.program = program
        self._ranks = ranks
        self._folder = Path(tempfile.mkdtemp(prefix="spinnsim-"))
        self._document: Document | None = None
        self._done = -1
        self._weights = False
        self._changes: list[dict[str, Any]] = []

    def load(self, document: Document) -> None:
        self._document = document
        self._weights = False
        self._changes = []
        self.step = 0
        self._done = -1

    def run(self, steps: int | None, realtime: bool = False) -> Ran:
        if steps is None:
            raise UnsupportedError("run without an end", "this engine has none", "it needs `spinnsim serve`")
        first = self.step == 0
        self.step += steps
        if first and steps:
            self._execute()
        return Ran(self.step)

    def apply(self, changes: list[dict[str, Any]], folder: Path) -> None:
        assert self._document is not None
        at = self.step * self._document.content["simulation"]["timestep"]
        self._changes += [{"at": at, **change} for change in changes]

    def spikes(self, population: str) -> tuple[np.ndarray, np.ndarray]:
        self._execute()
        return read_spikes(self._results / "spikes.h5").get(population, (np.empty(0), np.empty(0, np.int64)))

    def report(self, population: str, variable: str) -> Report | None:
        if not self.step:
            return None
        self._execute()
        path = self._results / "reports" / f"{population}.{variable}.h5"
        return read_report(path) if path.exists() else None

    def edges(self, projection: int, pending: bool = False) -> Edges:
        assert self._document is not None
        if not self._weights:
            for entry in self._document.content["projections"]:
                if entry.get("synapse", {}).get("type") not in ("WeightChanger", "Neuromodulation"):
                    record = entry.get("record", {})
                    record = {name: True for name in record} if isinstance(record, list) else dict(record)
                    entry["record"] = {"weights": {"apply_pending": True}, **record}
            self._weights = True
            self._done = -1
        self._execute(at_least=1)
        name = self._document.content["projections"][projection]["name"]
        return read_edges(self._results / "weights" / f"{name.replace('->', '-to-')}.h5", pending)

    def rewiring(self, projection: str) -> np.ndarray | None:
        self._execute()
        path = self._results / "rewiring" / f"{projection.replace('->', '-to-')}.h5"
        return read_rewiring(path) if path.exists() else None

    def state(self, population: str, variables: list[str]) -> dict[str, np.ndarray]:
        raise UnsupportedError("state", "this engine does not tell it", "it needs `spinnsim serve`")

    def reset(self) -> None:
        self.step = 0
        self._done = -1

    @property
    def resets(self) -> bool:
        """Whether the network as it was loaded is that of the next beginning: not where something has changed since."""
        return not self._changes

    def drain(self) -> None:
        """Nobody listens."""

    def machine_map(self) -> dict[str, Any]:
        path = self._write(max(self.step, 1))
        done = subprocess.run(
            [str(self.program), "map", str(path), "--json"], capture_output=True, text=True, env=binary.environment()
        )
        assert self._document is not None
        if done.returncode:
            raise from_engine(done.stderr, done.returncode, self._document.origins)
        return json.loads(done.stdout)

    def close(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _results(self) -> Path:
        return self._folder / "results"

    def _write(self, steps: int) -> Path:
        assert self._document is not None
        simulation = self._document.content["simulation"]
        simulation["duration"] = steps * simulation["timestep"]
        # Changes of the present step act in the next run, which is longer.
        self._document.content["changes"] = [
            change for change in self._changes if change["at"] < simulation["duration"]
        ]
        path = self._document.folder / "topology.json"
        path.write_bytes(self._document.text())
        return path

    def _execute(self, at_least: int = 0) -> None:
        steps = max(self.step, at_least)
        if self._done == steps or not steps:
            return
        path = self._write(steps)
        command = [str(self.program), "run", str(path), "-o", str(self._results), "--overwrite", "--quiet"]
        if self._ranks > 1:
            command += ["--ranks", str(self._ranks)]
        done = subprocess.run(command, capture_output=True, text=True, env=binary.environment())
        assert self._document is not None
        if done.returncode:
            raise from_engine(done.stderr, done.returncode, self._document.origins)
        for line in done.stderr.splitlines():
            if line.startswith("warning "):
                logger.warning(line[len("warning ") :])
        self._done = steps
