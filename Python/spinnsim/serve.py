"""The session over `spinnsim serve`: one engine that stays, asked over a socket."""

from __future__ import annotations

import json
import logging
import queue
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from . import binary
from .errors import EngineError, Origin, explained, from_engine
from .protocol import Channel, ConnectionLost
from .results import Edges, Report, read_edges, read_report, read_rewiring, read_spikes
from .session import Document, Ran, Session
from .stream import SpikeStream

logger = logging.getLogger("spinnsim")

# How long the end of a run waits for callbacks that are still at work, s.
_PATIENCE = 10.0


class ServeSession(Session):
    """
    The engine as a server of this process alone.

    A thread reads what the engine says: answers go to whoever asked, events to their listeners. When this process
    ends, the socket closes and the engine leaves.
    """

    def __init__(self, program: Path, ranks: int, progress: Callable[[dict[str, Any]], None] | None = None) -> None:
        self.program = program
        self._progress = progress
        self._folder = Path(tempfile.mkdtemp(prefix="spinnsim-"))
        self._log = (self._folder / "log").open("w+")
        self._listeners: dict[str, list[Callable[[int, np.ndarray], None]]] = {}
        self._answers: queue.SimpleQueue[tuple[dict[str, Any], bytes] | None] = queue.SimpleQueue()
        self._told: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._asking = threading.Lock()
        self._sending = threading.Lock()
        self._origins: dict[str, Origin] = {}
        self._names: list[str | None] = []
        self._closed = False
        path = self._folder / "socket"
        command = [str(program), "serve", "--socket", str(path)]
        if ranks > 1:
            command += ["--ranks", str(ranks)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            env=binary.environment(),
            start_new_session=True,
        )
        self._forget()
        self._channel = self._connected(path)
        self._reader = threading.Thread(target=self._read, name="spinnsim", daemon=True)
        self._reader.start()
        self.hello, _ = self._ask({"command": "hello", "protocol": binary.PROTOCOL})

    def load(self, document: Document) -> None:
        self._origins = document.origins
        answer, _ = self._ask({"command": "load", "folder": str(document.folder)}, document.text())
        for warning in answer.get("warnings", []):
            logger.warning(explained(warning["message"], warning.get("pointer"), self._origins))
        self._timestep = float(answer["timestep"])
        populations = document.content["populations"]
        self._spiking = [entry["name"] for entry in populations if "spikes" in entry.get("record", {})]
        self.projections = answer.get("projections", [])
        self.step = 0
        self._forget()

    def run(self, steps: int | None, realtime: bool = False) -> Ran:
        request: dict[str, Any] = {"command": "run", "steps": steps}
        if realtime:
            request["realtime"] = True
        answer, _ = self._ask(request)
        self.step = int(answer["step"])
        if answer["stopped"] == "interrupt":
            raise KeyboardInterrupt(f"stopped at step {self.step}; the session can go on")
        return Ran(
            self.step, answer["stopped"], answer.get("spikes", 0), answer.get("overruns", 0), answer.get("late", 0)
        )

    def apply(self, changes: list[dict[str, Any]], folder: Path) -> None:
        text = json.dumps({"format": "spinnsim-changes/1", "changes": changes}, default=_plain).encode()
        self._ask({"command": "apply", "folder": str(folder)}, text)

    def spikes(self, population: str) -> tuple[np.ndarray, np.ndarray]:
        if not self._stream.on or self._stream.full:
            self._collect()
        if self._stream.worthwhile:
            self._stream.on = True
            for name in self._spiking:
                self._ask({"command": "live", "population": name, "on": True})
        came = self._stream.take(population, self._timestep)
        if came is not None:
            self._spikes.setdefault(population, []).append(came)
        return _joined(self._spikes, population)

    def report(self, population: str, variable: str) -> Report | None:
        self._collect()
        parts = self._reports.get((population, variable))
        if not parts:
            return None
        if len(parts) > 1:
            first = parts[0]
            values = np.concatenate([part.values for part in parts])
            parts[:] = [Report(values, first.neurons, first.start, first.interval, first.units)]
        return parts[0]

    def edges(self, projection: int, pending: bool = False) -> Edges:
        request: dict[str, Any] = {"command": "edges", "projection": projection}
        if pending:
            request["pending"] = True
        answer, _ = self._ask(request)
        edges = read_edges(Path(answer["path"]), pending)
        Path(answer["path"]).unlink(missing_ok=True)
        return edges

    def rewiring(self, projection: str) -> np.ndarray | None:
        self._collect()
        parts = self._rewiring.get(projection)
        return np.concatenate(parts) if parts else None

    def state(self, population: str, variables: list[str]) -> dict[str, np.ndarray]:
        answer, data = self._ask({"command": "state", "population": population, "variables": variables})
        values = np.frombuffer(data, dtype="<f8").reshape(len(answer["variables"]), -1)
        return dict(zip(answer["variables"], values, strict=True))

    def reset(self) -> None:
        self._ask({"command": "reset"})
        self.step = 0
        self._forget()

    def machine_map(self) -> dict[str, Any]:
        answer, _ = self._ask({"command": "map"})
        return answer["map"]

    def write_report(self, folder: Path) -> dict[str, Any]:
        """Writes the results folder of a run of the program, for the steps so far."""
        answer, _ = self._ask({"command": "report", "output": str(folder), "overwrite": True})
        return answer

    def stop(self) -> None:
        self._tell({"command": "stop"})

    def live(self, population: str, heard: Callable[[int, np.ndarray], None]) -> None:
        if not self._listeners:
            threading.Thread(target=self._tell_listeners, name="spinnsim listeners", daemon=True).start()
        self._listeners.setdefault(population, []).append(heard)
        self._ask({"command": "live", "population": population, "on": True})

    def _tell_listeners(self) -> None:
        """Calls those who listen, in a thread of their own: what they do must not keep the engine's words waiting."""
        while (told := self._told.get()) is not None:
            if isinstance(told, threading.Event):
                told.set()
                continue
            population, step, neurons = told
            for heard in self._listeners.get(population, []):
                try:
                    heard(step, neurons)
                except Exception:
                    logger.exception("a callback for spikes of %s failed", population)

    def drain(self) -> None:
        if self._listeners:
            done = threading.Event()
            self._told.put(done)
            done.wait(_PATIENCE)

    def inject(self, population: str, indices: list[int], step: int | None = None) -> None:
        message: dict[str, Any] = {"command": "inject", "population": population, "indices": indices}
        if step is not None:
            message["step"] = step
        self._tell(message)

    def rates(self, population: str, rates: float | list[float]) -> None:
        self._tell({"command": "inject", "population": population, "rates": rates})

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._told.put(None)
        self._channel.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _connected(self, path: Path) -> Channel:
        until = time.monotonic() + 60
        while True:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connection.connect(str(path))
                return Channel(connection)
            except OSError as error:
                connection.close()
                if self._process.poll() is not None:
                    raise from_engine(self._last_words(), self._process.returncode, {}) from None
                if time.monotonic() > until:
                    self._process.terminate()
                    raise EngineError(f"the engine did not open its socket within a minute: {error}") from error
                time.sleep(0.005)

    def _last_words(self) -> str:
        self._log.flush()
        return (self._folder / "log").read_text(errors="replace")

    def _read(self) -> None:
        while True:
            try:
                message, data = self._channel.receive()
            except (ConnectionLost, OSError, ValueError):
                self._answers.put(None)
                return
            if "command" in message or "error" in message:
                self._answers.put((message, data))
            elif message.get("event") == "spikes":
                population, step, neurons = message["population"], int(message["step"]), np.frombuffer(data, "<u4")
                self._stream.hear(population, step, neurons)
                if population in self._listeners:
                    self._told.put((population, step, neurons))
            elif self._progress is not None:
                self._progress(message)

    def _tell(self, message: dict[str, Any]) -> None:
        with self._sending:
            try:
                self._channel.send(message)
            except ConnectionLost as error:
                raise self._lost() from error

    def _ask(self, message: dict[str, Any], attachment: bytes | None = None) -> tuple[dict[str, Any], bytes]:
        with self._asking:
            with self._sending:
                try:
                    self._channel.send(message, attachment)
                except ConnectionLost as error:
                    raise self._lost() from error
            interrupted = False
            while True:
                try:
                    answer = self._answers.get()
                    break
                except KeyboardInterrupt:
                    # The engine is in a session of its own and has not heard it: it stops at a step, and answers.
                    interrupted = True
                    self._tell({"command": "stop"})
        if answer is None:
            raise self._lost()
        if "error" in answer[0]:
            error = answer[0]["error"]
            pointer = error.get("pointer")
            raise EngineError(explained(error["message"], pointer, self._origins), error.get("code"), pointer)
        if interrupted:
            self.step = int(answer[0].get("step", self.step))
            raise KeyboardInterrupt(f"stopped at step {self.step}; the session can go on")
        return answer

    def _lost(self) -> EngineError:
        try:
            code = self._process.wait(5)
        except subprocess.TimeoutExpired:
            code = None
        return from_engine(self._last_words() if not self._log.closed else "", code, self._origins)

    def _forget(self) -> None:
        self._collected = 0
        self._stream = SpikeStream()
        self._spikes: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
        self._reports: dict[tuple[str, str], list[Report]] = {}
        self._rewiring: dict[str, list[np.ndarray]] = {}

    def _collect(self) -> None:
        if self._collected == self.step:
            return
        answer, _ = self._ask({"command": "collect", "since": self._collected, "forget": self.forgets})
        folders = set()
        for file in answer["files"]:
            path = Path(file["path"])
            folders.add(path.parent)
            if file["kind"] == "spikes":
                for name, part in read_spikes(path).items() if not self._stream.on else ():
                    self._spikes.setdefault(name, []).append(part)
            elif file["kind"] == "report":
                self._reports.setdefault((file["population"], file["variable"]), []).append(read_report(path))
            elif file["kind"] == "rewiring":
                self._rewiring.setdefault(file["projection"], []).append(read_rewiring(path))
            path.unlink(missing_ok=True)
        self._stream.asked(self.step - self._collected)
        self._stream.emptied()
        self._collected = self.step


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} has no place in a change")


def _joined(parts_by_name: dict[str, list[tuple[np.ndarray, np.ndarray]]], name: str) -> tuple[np.ndarray, np.ndarray]:
    parts = parts_by_name.get(name)
    if not parts:
        return np.empty(0), np.empty(0, np.int64)
    if len(parts) > 1:
        parts[:] = [(np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts]))]
    return parts[0]
