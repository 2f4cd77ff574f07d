"""Spikes in and out of a run while it goes on: within this process, and by the gateway for others."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import EngineError
from ..pynn import simulator
from .cells import SpikeInjectorCell
from .exceptions import ConfigurationException
from .udp import Gateway

_ports = itertools.count(17_900)
_PIECE = 10_000.0


class Hub:
    """All connections of the process; runs tell it of their beginning and end."""

    def __init__(self) -> None:
        self.connections: list[LiveConnection] = []
        self.gateway = Gateway()
        self.thread: threading.Thread | None = None
        self.failure: BaseException | None = None
        self.go_on = threading.Event()
        self._heard: set[tuple[int, str]] = set()

    @property
    def active(self) -> bool:
        """Whether there is anyone to tell of runs."""
        return bool(self.connections) or self.gateway.wanted(self._ports)

    @property
    def _ports(self) -> set[int]:
        return {connection.local_port for connection in self.connections}

    @property
    def paced(self) -> bool:
        """Whether runs keep to real time: spikes or rates go in or out."""
        return any(connection.paced for connection in self.connections) or self.gateway.is_heard

    def told(self, runtime: float | None, go: Callable[[Any, bool], Any]) -> Any:
        """Runs by `go(engine, whether in real time)` and says to connections that a run begins and is over."""
        state = simulator.state
        for connection in list(self.connections):
            connection.begin(runtime, id(state.session), self._heard)
        if self.gateway.wanted(self._ports):
            self.gateway.begin(runtime, self._ports)
        engine = state.loaded()
        try:
            self.gateway.started()
            for connection in list(self.connections):
                connection.started()
            return go(engine, self.paced and os.environ.get("SPINNSIM_LIVE_PACE") != "free")
        finally:
            engine.drain()
            self.gateway.paused()
            for connection in list(self.connections):
                connection.paused()

    def run_forever(self, sync_time: float = 0.0) -> None:
        """
        Runs until asked to stop.

        As on the board, what is recorded has to be taken out from time to time: then this returns when it was asked to
        stop, and begins anew every ten seconds of the model. Without recordings it runs in a thread of its own and
        returns at once.
        """
        self.join()
        state = simulator.state
        state.loaded()
        self._stopping = False
        self.failure = None
        if any(population.recorder.names for population in state.populations) and not sync_time:
            while not self._stopping:
                state.advance(round(_PIECE / state.dt))
            return
        running = threading.Event()

        def go() -> None:
            try:
                running.set()
                if sync_time:
                    self.run_sync(None, sync_time)
                else:
                    state.advance(None)
            except BaseException as error:
                self.failure = error

        self.thread = threading.Thread(target=go, name="spinnsim run", daemon=True)
        self.thread.start()
        running.wait()

    def run_sync(self, runtime: float | None, sync_time: float) -> None:
        """Runs for a time, or until asked to stop, and waits each `sync_time` ms until it may go on."""
        state = simulator.state
        self._stopping = False
        self.go_on.clear()
        every = max(1, round(sync_time / state.dt))

        def parts(engine: Any, realtime: bool) -> None:
            left = float("inf") if runtime is None else round(runtime / state.dt)
            while left > 0 and not self._stopping:
                state.go(engine, int(min(every, left)), realtime)
                left -= every
                if left > 0 and not self._stopping:
                    self.go_on.wait()
                    self.go_on.clear()

        state.loaded()
        with state.run_of():
            self.told(runtime, parts)

    _stopping = False

    def stop(self) -> None:
        """Ends the run that goes on at its next step, also one whose first step is still to come."""
        self._stopping = True
        self.go_on.set()
        state = simulator.state
        threading.Thread(target=self._insist, args=(state, state.runs), daemon=True).start()

    def _insist(self, state: Any, run: int) -> None:
        """The engine forgets a request that comes before a run: it is repeated until the run is over."""
        while state.advancing and state.runs == run and state.session is not None:
            try:
                state.session.stop()
            except EngineError:
                return
            time.sleep(0.01)

    def join(self) -> None:
        """Waits for a run in a thread of its own, after asking it to stop."""
        if self.thread is not None and self.thread is not threading.current_thread():
            while self.thread.is_alive():
                self.stop()
                self.thread.join(0.05)
            self.thread = None
            if self.failure is not None:
                failure, self.failure = self.failure, None
                raise failure

    def forget(self) -> None:
        """Leaves connections behind: the network that they were for has ended."""
        self.connections.clear()
        self.gateway.forget()
        self._heard.clear()


hub = Hub()
simulator.state.live = hub


def population_of(label: str) -> Any:
    """The population by a label. Throws `ConfigurationException`."""
    for population in simulator.state.populations:
        if population.label == label:
            return population
    raise ConfigurationException(f"there is no population with the label {label!r}")


class LiveConnection:
    """What connections have in common: who is told when a run begins and ends."""

    paced = True

    def __init__(self, labels: Any = ()) -> None:
        self.labels = list(labels or ())
        self.local_port = next(_ports)
        self.local_ip_address = "127.0.0.1"
        self._callbacks: dict[str, dict[str, list[Callable[..., None]]]] = {}
        self._known: set[str] = set()
        self._first = True
        hub.connections.append(self)

    def _add(self, kind: str, label: str, callback: Callable[..., None]) -> None:
        self._callbacks.setdefault(kind, {}).setdefault(label, []).append(callback)

    def add_init_callback(self, label: str, init_callback: Callable[..., None]) -> None:
        """`init_callback(label, neurons, run time in ms or None, timestep in ms)` when a network is there."""
        self._add("init", label, init_callback)

    def add_start_callback(self, label: str, start_callback: Callable[..., None]) -> None:
        """`start_callback(label, connection)` when the first run begins, in a thread of its own."""
        self._add("start", label, start_callback)

    def add_start_resume_callback(self, label: str, start_resume_callback: Callable[..., None]) -> None:
        """`start_resume_callback(label, connection)` when any run begins, in a thread of its own."""
        self._add("resume", label, start_resume_callback)

    def add_pause_stop_callback(self, label: str, pause_stop_callback: Callable[..., None]) -> None:
        """`pause_stop_callback(label, connection)` when a run is over."""
        self._add("pause", label, pause_stop_callback)

    def begin(self, runtime: float | None, session: int, heard: set[tuple[int, str]]) -> None:
        """A network is there, and a run is about to begin."""
        state = simulator.state
        for label, callbacks in self._callbacks.get("init", {}).items():
            for callback in callbacks if (session, label) not in self._known else []:
                callback(label, population_of(label).size, runtime, state.dt)
            self._known.add((session, label))  # type: ignore[arg-type]
        listened = {*self._callbacks.get("receive", {}), *self._callbacks.get("receive no time", {})}
        for label in listened:
            if (id(self) ^ session, label) not in heard:
                heard.add((id(self) ^ session, label))
                name = state.document.names[population_of(label)]
                state.session.live(name, self._listener(label))

    def _listener(self, label: str) -> Callable[[int, np.ndarray], None]:
        def listen(step: int, neurons: np.ndarray) -> None:
            ids = neurons.tolist()
            for callback in self._callbacks.get("receive", {}).get(label, []):
                callback(label, step * simulator.state.dt, ids)
            for callback in self._callbacks.get("receive no time", {}).get(label, []):
                callback(label, ids)

        return listen

    def started(self) -> None:
        """A run begins."""
        kinds = ["start", "resume"] if self._first else ["resume"]
        self._first = False
        for kind in kinds:
            for label, callbacks in self._callbacks.get(kind, {}).items():
                for callback in callbacks:
                    threading.Thread(target=callback, args=(label, self), daemon=True).start()

    def paused(self) -> None:
        """A run is over."""
        for label, callbacks in self._callbacks.get("pause", {}).items():
            for callback in callbacks:
                callback(label, self)

    def close(self) -> None:
        """Nobody is told any more."""
        if self in hub.connections:
            hub.connections.remove(self)


class SpynnakerLiveSpikesConnection(LiveConnection):
    """Spikes of populations by label as they come, and spikes for SpikeInjectors."""

    def __init__(self, receive_labels: Any = None, send_labels: Any = None, local_host: str | None = None,
                 local_port: int | None = None,
                 live_packet_gather_label: str = "LiveSpikeReceiver") -> None:  # fmt: skip
        super().__init__([*(receive_labels or ()), *(send_labels or ())])
        if local_port:
            self.local_port = local_port

    def add_receive_label(self, label: str) -> None:
        """One more population to hear of."""
        self.labels.append(label)

    def add_send_label(self, label: str) -> None:
        """One more population to send to."""
        self.labels.append(label)

    def add_receive_callback(self, label: str, live_event_callback: Any, translate_key: bool = True) -> None:
        """`live_event_callback(label, time in ms, neurons)` at the end of each step with spikes."""
        self._add("receive", label, live_event_callback)

    def add_receive_no_time_callback(self, label: str, live_event_callback: Any, translate_key: bool = True) -> None:
        """`live_event_callback(label, neurons)` at the end of each step with spikes."""
        self._add("receive no time", label, live_event_callback)

    def send_spike(self, label: str, neuron_id: int, send_full_keys: bool = False) -> None:
        """A neuron of an injector fires in the next step."""
        self.send_spikes(label, [neuron_id])

    def send_spikes(self, label: str, neuron_ids: Any, send_full_keys: bool = False) -> None:
        """Neurons of an injector fire in the next step."""
        state = simulator.state
        population = population_of(label)
        if not isinstance(population.celltype, SpikeInjectorCell):
            raise ConfigurationException(f"{label} is no SpikeInjector")
        if state.session is not None:
            state.session.inject(state.document.names[population], [int(neuron) for neuron in np.ravel(neuron_ids)])


class SpynnakerPoissonControlConnection(LiveConnection):
    """Rates of Poisson sources, while a run goes on."""

    def __init__(self, poisson_labels: Any = None, local_host: str | None = None, local_port: int | None = None,
                 control_label_extension: str = "_control") -> None:  # fmt: skip
        super().__init__(poisson_labels)
        if local_port:
            self.local_port = local_port

    def add_receive_callback(self, label: str, *_: Any, **__: Any) -> None:
        """Throws `ConfigurationException`: rates go out, spikes do not come in."""
        raise ConfigurationException("SpynnakerPoissonControlPopulation can't receive data")

    def add_poisson_label(self, label: str) -> None:
        """One more population to control."""
        self.labels.append(label)

    def set_rate(self, label: str, neuron_id: int, rate: float) -> None:
        """Hz of a source from the next step on."""
        self.set_rates(label, [(neuron_id, rate)])

    def set_rates(self, label: str, neuron_id_rates: Any) -> None:
        """Pairs of source and Hz, from the next step on."""
        state = simulator.state
        population = population_of(label)
        rates = np.broadcast_to(np.asarray(population._parameters["rate"], float), population.size).copy()
        for neuron, rate in neuron_id_rates:
            rates[int(neuron)] = float(rate)
        population._parameters["rate"] = rates
        if state.session is not None:
            state.session.rates(state.document.names[population], rates.tolist())


class DatabaseConnection(LiveConnection):
    """Tells of runs that begin and end, of whatever network."""

    def __init__(self, start_resume_callback_function: Callable[[], None] | None = None,
                 stop_pause_callback_function: Callable[[], None] | None = None, local_host: str | None = None,
                 local_port: int | None = None) -> None:  # fmt: skip
        super().__init__()
        if local_port:
            self.local_port = local_port
        self._resumed, self._paused = start_resume_callback_function, stop_pause_callback_function

    paced = False

    def started(self) -> None:
        if self._resumed is not None:
            self._resumed()

    def paused(self) -> None:
        if self._paused is not None:
            self._paused()
