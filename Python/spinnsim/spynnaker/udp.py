"""Spikes and rates that other programs receive and send over UDP, in the tools' formats, on this host alone."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import EngineError
from ..pynn import simulator
from . import database, eieio
from .exceptions import ConfigurationException

logger = logging.getLogger("spinnsim")

HOST = "127.0.0.1"
NOTIFY_PORT = 19_999
MACHINE_PORT = 17_893
_FIRST_KEY = 0x0100_0000
_BLOCK = 0x1_0000
_RATE_UNIT = 2.0**16


@dataclass
class _Way:
    """Where a vertex of the database leads: into a population, its control, or out of it."""

    vertex: database.Vertex
    population: Any
    kind: str


class Gateway:
    """
    The machine's port on the network: programs hear where the database is, send spikes and rates, and receive spikes.

    Programs are those that the script names, or that which listens at the usual port. It is open from the first run
    that has to do with one to the end of the network.
    """

    def __init__(self) -> None:
        self.addresses: dict[tuple[str, int], int | None] = {}
        self.outputs: dict[Any, tuple[str | None, int | None, str]] = {}
        self.controls: dict[Any, str] = {}
        self._machine: socket.socket | None = None
        self._clear()

    def _clear(self) -> None:
        self._ways: list[_Way] = []
        self._askers: set[tuple[str, int]] = set()
        self._told: list[socket.socket] = []
        self._inputs: list[socket.socket] = []
        self._known: tuple[int, int] | None = None

    @property
    def is_heard(self) -> bool:
        """Whether there is a program that runs keep time for."""
        return self._machine is not None and (bool(self._told) or self._has_ports())

    def notify(self, host: str | None, port: int | None, answers_at: int | None = None) -> None:
        """Has the program at an address told of runs."""
        if host is not None or port is not None:
            host = HOST if host in (None, "localhost") else host
            self.addresses[str(host), int(port or NOTIFY_PORT)] = answers_at

    def wanted(self, own_ports: set[int]) -> bool:
        """Whether there is a program to be told: not where all ports are those of this script's connections."""
        if self._others(own_ports):
            return True
        return not own_ports and (self._has_ports() or (self._has_ways() and _is_taken(NOTIFY_PORT)))

    def _others(self, own_ports: set[int]) -> dict[tuple[str, int], int | None]:
        """Addresses of programs, and the port at which each answers: those named for injectors are among them."""
        for population in simulator.state.populations:
            self.notify(*getattr(population.celltype, "told", (None, None)))
        return {address: at for address, at in self.addresses.items() if address[1] not in own_ports}

    @staticmethod
    def _injectors() -> list[Any]:
        return [each for each in simulator.state.populations if each.celltype.model == "SpikeInjector"]

    def _has_ways(self) -> bool:
        return bool(self._injectors()) or bool(self.outputs) or bool(self.controls)

    def _has_ports(self) -> bool:
        """Whether the script names ports at which spikes come in or go out."""
        inputs = any(each.hints.get("port") for each in self._injectors())
        return inputs or any(port for _, port, _ in self.outputs.values())

    def begin(self, runtime: float | None, own_ports: set[int]) -> None:
        """Before a run: programs read where the network is. Throws `ConfigurationException`."""
        state = simulator.state
        network = (id(state.session), id(state.document))
        if self._known != network:
            self.close()
            self._known = network
            self._ways = self._vertices()
            self._open()
            programs = self._others(own_ports)
            if not programs and _is_taken(NOTIFY_PORT):
                programs = {(HOST, NOTIFY_PORT): None}
            self._told = [self._connected(address, answers_at) for address, answers_at in programs.items()]
            for way in self._ways:
                if way.kind == "output":
                    state.session.live(state.document.names[way.population], self._sender(way))
        path = state.document.folder / "input_output_database.sqlite3"
        database.write(path, (way.vertex for way in self._ways), runtime, state.dt, HOST)
        self._askers = set()
        self._told = [connection for connection in self._told if self._introduced(connection, path)]

    def started(self) -> None:
        """A run begins."""
        self._say(eieio.START_RESUME)

    def paused(self) -> None:
        """A run is over."""
        self._say(eieio.STOP_PAUSE)

    def _say(self, number: int) -> None:
        for connection in self._told:
            try:
                connection.send(eieio.command(number))
            except OSError as error:
                logger.warning("a program that is told of runs has gone: %s", error)

    def _vertices(self) -> list[_Way]:
        taken = [int(each.hints.get("virtual_key") or getattr(each.celltype, "virtual_key", None) or 0)
                 for each in simulator.state.populations]  # fmt: skip
        next_key, place = _FIRST_KEY, 0
        ways = []
        for population, virtual in zip(simulator.state.populations, taken, strict=True):
            kinds = {"input": population.celltype.model == "SpikeInjector", "output": population in self.outputs,
                     "control": population in self.controls}  # fmt: skip
            for kind in (kind for kind, has in kinds.items() if has):
                size = int(population.size)
                key = virtual if virtual and kind != "control" else next_key
                next_key += 0 if key == virtual else -(-size // _BLOCK) * _BLOCK
                label = population.label if kind != "control" else self.controls[population]
                _, port, gather = self.outputs[population] if kind == "output" else ("", None, "")
                port = population.hints.get("port") if kind == "input" else port
                where = (place // 17, 0, place % 17 + 1)
                ways.append(_Way(database.Vertex(label, key, size, where, gather, port), population, kind))
                place += 1
        return ways

    def _open(self) -> None:
        self._machine = _bound(MACHINE_PORT)
        threading.Thread(target=self._serve, args=(self._machine, self._hear), daemon=True).start()
        for way in self._ways:
            if way.kind == "input" and way.vertex.port:
                port = _bound(int(way.vertex.port))
                self._inputs.append(port)
                hear = lambda message, _, way=way: self._take(way, message)  # noqa: E731
                threading.Thread(target=self._serve, args=(port, hear), daemon=True).start()

    @staticmethod
    def _connected(address: tuple[str, int], answers_at: int | None) -> socket.socket:
        connection = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        connection.bind(("", answers_at or 0))
        connection.connect(address)
        return connection

    @staticmethod
    def _introduced(connection: socket.socket, path: Path) -> bool:
        """Tells a program where the database is, and waits until it has read it; not for ever."""
        patience = float(os.environ.get("SPINNSIM_LIVE_WAIT", "5"))
        until = time.monotonic() + patience
        while time.monotonic() < until:
            connection.settimeout(max(until - time.monotonic(), 0.01))
            try:
                connection.send(eieio.command(eieio.DATABASE, str(path)))
                if eieio.command_of(connection.recv(512)) == eieio.DATABASE:
                    return True
            except ConnectionRefusedError:
                time.sleep(0.1)
            except TimeoutError:
                break
        logger.warning(
            "no program at %s:%d has read the database within %g s; the run goes on without it",
            *connection.getpeername(), patience,
        )  # fmt: skip
        connection.close()
        return False

    def _sender(self, way: _Way) -> Callable[[int, np.ndarray], None]:
        host, port, _ = self.outputs[way.population]
        fixed = {(host or HOST, int(port))} if port else set()

        def send(step: int, neurons: np.ndarray) -> None:
            machine = self._machine
            listeners = self._askers | fixed
            for message in eieio.timed(neurons.astype(np.int64) + way.vertex.key, step) if machine else ():
                for listener in listeners:
                    machine.sendto(message, listener)

        return send

    def _serve(self, port: socket.socket, hear: Callable[[bytes, tuple[str, int]], None]) -> None:
        while True:
            try:
                message, sender = port.recvfrom(65_536)
            except OSError:
                return
            if sender is None:
                return
            try:
                hear(message, sender)
            except (ValueError, EngineError) as error:
                logger.warning("a message from %s:%d is left out: %s", *sender, error)

    def _hear(self, message: bytes, sender: tuple[str, int]) -> None:
        """A datagram to the machine: a command, which is answered, or events for a core."""
        inside = eieio.inside_sdp(message)
        if inside is None:
            raise ValueError(f"{len(message)} bytes are no SDP message")
        place, data = inside
        way = next((way for way in self._ways if way.vertex.place == place and way.kind != "output"), None)
        if way is not None:
            self._take(way, data)
            return
        if eieio.tag_set(message) is not None:
            self._askers = self._askers | {sender}
        if self._machine is not None and len(message) >= 14:
            self._machine.sendto(eieio.answer(message), sender)

    def _take(self, way: _Way, message: bytes) -> None:
        """Events for a population, or for its control. Throws `ValueError`."""
        state = simulator.state
        found = eieio.events(message)
        neurons = found.keys if found.is_short else found.keys - way.vertex.key
        inside = (neurons >= 0) & (neurons < way.vertex.size)
        if not np.all(inside):
            logger.warning("%s has no neurons of %d keys that came", way.vertex.label, np.sum(~inside))
        if state.session is None or state.document is None:
            return
        if way.kind == "control":
            if found.payloads is None:
                raise ValueError("rates come as payloads")
            rates = np.broadcast_to(np.asarray(way.population._parameters["rate"], float), way.vertex.size).copy()
            rates[neurons[inside]] = found.payloads[inside] / _RATE_UNIT
            way.population._parameters["rate"] = rates
            state.session.rates(state.document.names[way.population], rates.tolist())
        elif np.any(inside):
            state.session.inject(state.document.names[way.population], neurons[inside].tolist())

    def close(self) -> None:
        """Closes the port."""
        for port in [*self._inputs, *self._told, *([self._machine] if self._machine else [])]:
            try:
                port.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            port.close()
        self._machine = None
        self._clear()

    def forget(self) -> None:
        """Closes the port and forgets the network."""
        self.close()
        self.addresses.clear()
        self.outputs.clear()
        self.controls.clear()


def _bound(port: int) -> socket.socket:
    """A socket at a port of this host. Throws `ConfigurationException`."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        made.bind((HOST, port))
    except OSError as error:
        made.close()
        raise ConfigurationException(
            f"UDP port {port} of {HOST}, at which other programs reach the machine, cannot be had: {error}"
        ) from error
    return made


def _is_taken(port: int) -> bool:
    """Whether some program listens at a port of this host."""
    try:
        _bound(port).close()
    except ConfigurationException:
        return True
    return False
