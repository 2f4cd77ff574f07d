"""From Python's objects to a topology, and to changes of one."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from pyNN.parameters import Sequence
from pyNN.random import RandomDistribution

from .catalogue import INITIAL
from .errors import UnsupportedError
from .expressions import DistanceExpression
from .session import Document

logger = logging.getLogger("spinnsim")

_INLINE_ROWS = 10_000
_ENDLESS = 1e9


def written(state: Any, folder: Path) -> Document:
    """The network as it is now."""
    document = Document({}, folder)
    simulation: dict[str, Any] = {"duration": max(state.dt, 1000.0 * state.dt), "timestep": state.dt}
    factor = state.options.get("time_scale_factor")
    if factor:
        simulation["time_scale_factor"] = max(1, int(np.ceil(factor)))
    if state.seed is not None:
        simulation["seed"] = state.seed
    document.content = {
        "format": "spinnsim-topology/1",
        "name": "pynn",
        "simulation": simulation,
        "populations": [],
        "projections": [],
        "currents": [],
    }
    taken: set[str] = set()
    for population in state.populations:
        name = unique(population.label, taken)
        document.names[population] = name
        index = len(document.content["populations"])
        document.content["populations"].append(population_entry(state, population, name))
        document.origins[f"/populations/{index}"] = population.described()
    taken = set()
    for projection in state.projections:
        for part in projection.parts(document):
            index = len(document.content["projections"])
            part.entry["name"] = unique(projection.label or "projection", taken)
            document.names.setdefault(projection, part.entry["name"])
            document.content["projections"].append(part.entry)
            document.entries.setdefault(projection, []).append((index, part.pre, part.post))
            document.origins[f"/projections/{index}"] = projection.described()
    for projection in state.projections:
        projection.completed(document)
    for source in state.sources:
        source.places = []
        for population, neurons in source.targets:
            _add_current(document, source, population, neurons)
    return document


def without_learning(document: Document) -> None:
    """Makes synapses that learn static ones of the same weights and delays."""
    for entry in document.content["projections"]:
        if entry["synapse"].get("type") == "STDP":
            entry["synapse"] = {key: entry["synapse"][key] for key in ("weight", "delay") if key in entry["synapse"]}


def _add_current(document: Document, source: Any, population: Any, neurons: list[int]) -> dict[str, Any]:
    index = len(document.content["currents"])
    entry = source.entry()
    entry["population"] = document.names[population]
    chosen = slice_of(np.asarray(neurons), population.size)
    if chosen is not None:
        entry["neurons"] = chosen
    document.content["currents"].append(entry)
    document.origins[f"/currents/{index}"] = source.described()
    source.places.append(index)
    return entry


def unique(label: str, taken: set[str]) -> str:
    """A name that the topology can have, for a label that may be anything."""
    base = re.sub(r"[^A-Za-z0-9_.-]", "_", str(label).replace("→", "-to-"))[:58] or "_"
    name, count = base, 1
    while name in taken:
        count += 1
        name = f"{base}.{count}"
    taken.add(name)
    return name


def population_entry(state: Any, population: Any, name: str) -> dict[str, Any]:
    """What the topology says of a population."""
    cell = population.celltype
    entry: dict[str, Any] = {"name": name, "model": cell.model}
    shape = population.shape() if hasattr(population, "shape") else None
    entry.update({"shape": list(shape)} if shape else {"size": int(population.size)})
    parameters = {key: parameter(key, value, population) for key, value in cell_parameters(state, population).items()}
    parameters = {key: value for key, value in parameters.items() if value is not None}
    if parameters:
        entry["parameters"] = parameters
    initial = initial_values(population)
    if initial:
        entry["initial"] = initial
    recorded = recording(population)
    if recorded:
        entry["record"] = recorded
    if population.needs_positions:
        entry["positions"] = np.asarray(population.positions).T
    entry.update(population.mapping_hints(state))
    return entry


def cell_parameters(state: Any, population: Any) -> dict[str, Any]:
    """Parameters in the engine's words; sources that are drawn here have become their spikes."""
    cell = population.celltype
    if hasattr(cell, "spike_times"):
        return {"spike_times": cell.spike_times(population, state.rng.rng, state.options.get("horizon", 100_000.0))}
    if hasattr(cell, "engine_parameters"):
        return cell.engine_parameters(population)
    return population._parameters


def parameter(name: str, value: Any, population: Any) -> Any:
    """A parameter's value as JSON has it; nothing where the default says the same."""
    if name == "spike_times":
        if isinstance(value, str):
            return value
        if isinstance(value, list):
            return [np.sort(times) for times in value]
        lists = [np.sort(np.asarray(getattr(each, "value", each), float)) for each in _each(value, population.size)]
        return lists
    if name == "duration":
        durations = np.atleast_1d(np.asarray(value, dtype=float))
        if np.all(~(durations < _ENDLESS)):
            return None
        return np.minimum(np.nan_to_num(value, nan=_ENDLESS), _ENDLESS)
    if isinstance(value, Sequence):
        return value.value
    return value


def _each(value: Any, size: int) -> list[Any]:
    if isinstance(value, np.ndarray) and value.dtype == object:
        return list(value)
    return [value] * size


def state_name(population: Any, variable: str) -> str:
    """The engine's name of a state variable."""
    return population.celltype.state_names.get(variable, variable)


def initial_values(population: Any) -> dict[str, Any]:
    """Initial values in the engine's words. Throws `UnsupportedError` for variables that there are not."""
    cell = population.celltype
    known = INITIAL.get(cell.model, ())
    values = {}
    for variable, value in population._initial.items():
        name = cell.state_names.get(variable, variable)
        if name in known:
            values[name] = value * cell.input_scale if name.startswith("isyn_") else value
        elif np.any(value):
            raise UnsupportedError(
                f"initial {variable}", f"{cell.model} has no such variable", f"it has {', '.join(known)}"
            )
    return values


def recording(population: Any) -> dict[str, Any]:
    """What the topology says of recording a population."""
    recorder = population.recorder
    record: dict[str, Any] = {}
    for name in recorder.names:
        if name == "rewiring":
            continue
        neurons = recorder.neurons(name)
        chosen = None if name == "packets-per-timestep" else slice_of(neurons, population.size)
        options: dict[str, Any] = {} if chosen is None else {"neurons": chosen}
        if name in recorder.intervals and name != "spikes":
            options["interval"] = recorder.intervals[name]
        record[name] = options or True
    return record


def slice_of(neurons: np.ndarray, size: int) -> Any:
    """Neurons as the topology names them; nothing for all."""
    if len(neurons) == size and (size == 0 or (neurons[0] == 0 and neurons[-1] == size - 1)):
        return None
    if len(neurons) and np.all(np.diff(neurons) == 1):
        return f"{int(neurons[0])}:{int(neurons[-1]) + 1}"
    return np.asarray(neurons)


def value(of: Any) -> Any:
    """A weight or a delay as the topology has it, or nothing where only an expansion will do."""
    if isinstance(of, bool):
        return float(of)
    if isinstance(of, int | float | np.integer | np.floating):
        return float(of)
    if isinstance(of, RandomDistribution):
        return distribution(of)
    if isinstance(of, DistanceExpression):
        return of.topology()
    return None


def distribution(of: RandomDistribution) -> dict[str, Any] | None:
    """A random distribution as the topology has it, or nothing where it has none such."""
    parameters = {name: float(number) for name, number in of.parameters.items()}
    if of.name not in _DISTRIBUTIONS:
        return None
    if of.name.startswith("normal_clipped"):
        # A bound that is never reached is none: beyond ten deviations there is nothing to cut.
        reach = 10 * parameters["sigma"] + 1e-6
        parameters["low"] = max(parameters["low"], parameters["mu"] - reach)
        parameters["high"] = min(parameters["high"], parameters["mu"] + reach)
        if parameters["low"] >= parameters["high"]:
            return None
    return {"distribution": of.name, **parameters}


_DISTRIBUTIONS = {
    "uniform",
    "normal",
    "normal_clipped",
    "normal_clipped_to_boundary",
    "exponential",
    "lognormal",
    "gamma",
    "poisson",
    "binomial",
    "uniform_int",
    "vonmises",
}


def connections(
    folder: Path, name: str, pre: np.ndarray, post: np.ndarray, weight: np.ndarray, delay: np.ndarray
) -> dict[str, Any]:
    """A connector with these rows: in the topology when they are few, else in a file beside it."""
    if len(pre) <= _INLINE_ROWS:
        rows = [list(row) for row in zip(pre.tolist(), post.tolist(), weight.tolist(), delay.tolist(), strict=True)]
        return {"type": "FromList", "conn_list": rows}
    path = folder / f"{name}.h5"
    write_edges(path, pre, post, weight, delay)
    return {"type": "FromFile", "file": path.name}


def write_edges(path: Path, pre: np.ndarray, post: np.ndarray, weight: np.ndarray, delay: np.ndarray) -> None:
    """SONATA edges."""
    count = len(pre)
    with h5py.File(path, "w") as file:
        group = file.create_group("edges/edges")
        group["source_node_id"] = pre.astype(np.uint64)
        group["target_node_id"] = post.astype(np.uint64)
        group["edge_type_id"] = np.zeros(count, np.uint32)
        group["edge_group_id"] = np.zeros(count, np.uint32)
        group["edge_group_index"] = np.arange(count, dtype=np.uint64)
        group["0/syn_weight"] = weight.astype(np.float64)
        group["0/delay"] = delay.astype(np.float64)


def changes(noted: list[dict[str, Any]], document: Document) -> list[dict[str, Any]]:
    """Noted changes as one change of `spinnsim-changes/1`, in their order."""
    together: dict[str, Any] = {}
    for entry in noted:
        for key, values in _change(entry, document).items():
            together.setdefault(key, []).extend(values)
    return [together] if together else []


def _change(entry: dict[str, Any], document: Document) -> dict[str, Any]:
    kind = entry["kind"]
    if kind in ("current", "new current"):
        return _changed_current(entry, document)
    if kind == "weights":
        return {"weights": entry["projection"].weight_changes(document)}
    population, neurons, name = entry["population"], entry["neurons"], entry["name"]
    where: dict[str, Any] = {"population": document.names[population]}
    chosen = slice_of(neurons, population.size)
    if chosen is not None:
        where["neurons"] = chosen
    values = population._parameters if kind == "parameter" else population._initial
    present = entry["values"] if "values" in entry else values[name]
    if "values" not in entry and isinstance(present, np.ndarray):
        present = present[neurons]
    if kind == "state":
        known = state_name(population, name)
        if known.startswith("isyn_"):
            present = present * population.celltype.input_scale
        return {"state": [{**where, "set": {known: present}}]}
    if name == "spike_times":
        lists = [np.sort(np.asarray(getattr(each, "value", each), float)) for each in _each(present, len(neurons))]
        return {"spike_times": [{**where, "times": lists}]}
    if name == "duration":
        present = np.minimum(np.nan_to_num(np.asarray(present, float), nan=_ENDLESS), _ENDLESS)
    return {"parameters": [{**where, "set": {name: present}}]}


def _changed_current(entry: dict[str, Any], document: Document) -> dict[str, Any]:
    source = entry["source"]
    if entry["kind"] == "new current":
        if not hasattr(source, "places"):
            source.places = []
        return {"currents": [{"new": _add_current(document, source, entry["population"], entry["neurons"])}]}
    values = {key: value for key, value in source.entry().items() if key != "type"}
    return {"currents": [{"index": index, "set": values} for index in source.places]}
