"""The SQLite file in which other programs look up who is who: keys of neurons, where spikes come from and go to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TABLES = """
CREATE TABLE configuration_parameters(parameter_id TEXT PRIMARY KEY, value REAL);
CREATE TABLE proxy_configuration(kind TEXT, name TEXT, value TEXT);
CREATE TABLE label_event_atom_view(label TEXT, event INTEGER PRIMARY KEY, atom INTEGER);
CREATE TABLE app_output_tag_view(
    pre_vertex_label TEXT, post_vertex_label TEXT, ip_address TEXT, port INTEGER, strip_sdp BOOLEAN,
    board_address TEXT, tag INTEGER, chip_x INTEGER, chip_y INTEGER);
CREATE TABLE app_input_tag_view(pop_label TEXT, board_address TEXT, port INTEGER);
CREATE TABLE application_vertex_placements(vertex_label TEXT, x INTEGER, y INTEGER, p INTEGER);
CREATE TABLE chip_eth_info(x INTEGER, y INTEGER, eth_x INTEGER, eth_y INTEGER, eth_ip_address TEXT);
CREATE TABLE Application_vertices(vertex_id INTEGER PRIMARY KEY, vertex_label TEXT);
"""


@dataclass(frozen=True)
class Vertex:
    """A population, or the control of one's rates: its first key, how many neurons it has, and its place (x, y, p)."""

    label: str
    key: int
    size: int
    place: tuple[int, int, int]
    gather: str = ""
    """The label of what gathers its spikes, where they go out."""
    port: int | None = None
    """Where its spikes are sent to, or received at, whoever asks."""


def write(path: Path, vertices: Iterable[Vertex], runtime: float | None, timestep: float, host: str) -> None:
    """A new file at `path`, with time in ms; `host` is where the machine is."""
    path.unlink(missing_ok=True)
    file = sqlite3.connect(path)
    with file:
        file.executescript(_TABLES)
        parameters = {
            "runtime": -1.0 if runtime is None else runtime, "infinite_run": float(runtime is None),
            "machine_time_step": timestep * 1000, "time_scale_factor": 1.0, "sampling_frequency": 0.0,
        }  # fmt: skip
        file.executemany("INSERT INTO configuration_parameters VALUES (?, ?)", parameters.items())
        for number, vertex in enumerate(vertices, 1):
            file.execute("INSERT INTO Application_vertices VALUES (?, ?)", (number, vertex.label))
            file.executemany(
                "INSERT INTO label_event_atom_view VALUES (?, ?, ?)",
                ((vertex.label, vertex.key + atom, atom) for atom in range(vertex.size)),
            )
            x, y, p = vertex.place
            file.execute("INSERT INTO application_vertex_placements VALUES (?, ?, ?, ?)", (vertex.label, x, y, p))
            file.execute("INSERT INTO chip_eth_info VALUES (?, ?, 0, 0, ?)", (x, y, host))
            if vertex.gather:
                row = (vertex.label, vertex.gather, host, vertex.port, True, host, 1, 0, 0)
                file.execute("INSERT INTO app_output_tag_view VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            else:
                file.execute("INSERT INTO app_input_tag_view VALUES (?, ?, ?)", (vertex.label, host, vertex.port))
    file.close()
