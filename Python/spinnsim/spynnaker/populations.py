"""Populations and views with what sPyNNaker adds to them."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import numpy as np
from pyNN.parameters import LazyArray
from pyNN.space import Grid2D, Grid3D

from pyNN import errors

from ..pynn import populations, simulator
from ..pynn.standardmodels.cells import times_of
from .exceptions import ConfigurationException, SynapticConfigurationException
from .recording import Recorder

logger = logging.getLogger("spinnsim")
_told: set[str] = set()

_HINTS = {
    "neurons_per_core", "n_synapse_cores", "n_steps_per_timestep", "seed", "virtual_key", "splitter", "max_rate",
}  # fmt: skip
_ACCEPTED = {
    "ring_buffer_sigma", "spikes_per_second", "incoming_spike_buffer_size", "drop_late_spikes", "n_colour_bits", "port",
    "reserve_reverse_ip_tag", "max_expected_summed_weight", "allow_delay_extension", "constraints", "notify",
    "max_on_bytes", "board_address", "max_atoms_per_core",
}  # fmt: skip


def once(text: str, level: int = logging.WARNING) -> None:
    """Says it once in a process."""
    if text not in _told:
        _told.add(text)
        logger.log(level, text)


class Values(np.ndarray):
    """A value for each neuron, as an array that is equal to a list of the same values."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: Any) -> Any:
        if isinstance(other, list | tuple):
            return len(other) == len(self) and bool(np.all(np.asarray(self) == np.asarray(other)))
        return super().__eq__(other)


class Assembly(populations.Assembly):
    __doc__ = populations.Assembly.__doc__


class _Parts(populations._Parts):
    """What sPyNNaker's populations and views share."""

    def set(self, **parameters: Any) -> None:
        cell = self.celltype
        state = {name: parameters.pop(name) for name in list(parameters) if name in cell.default_initial_values}
        from .cells import _lists

        for name in ("spike_times", "rates", "starts", "durations"):
            if name in parameters:
                parameters[name] = _lists(parameters[name])
        if "duration" in parameters and parameters["duration"] is None:
            parameters["duration"] = 1e10
        for name in list(parameters):
            if name in getattr(cell, "ignored", ()):
                parameters.pop(name)
        for name in parameters:
            if not cell.has_parameter(name):
                raise ConfigurationException(
                    f"{type(cell).__name__} has no parameter {name}: it has {', '.join(cell.get_parameter_names())}"
                )
        if parameters:
            super().set(**parameters)
        if state:
            (self.set_state if simulator.state.ran else self.initialize)(**state)

    def get(self, parameter_names: Any, gather: bool = True, simplify: bool = True) -> Any:
        names = [parameter_names] if isinstance(parameter_names, str) else list(parameter_names)
        values = []
        for name in names:
            if name in self._whole()._initial and not self.celltype.has_parameter(name):
                value = np.asarray(self.initial_values[name])
                value = value[0] if simplify and np.all(value == value[0]) else value
            elif name in ("rates", "starts", "durations"):
                lists = times_of(self._whole()._parameters[name], self._whole().size)
                value = [lists[neuron] for neuron in self.neurons()]
            else:
                value = super().get(name, gather, simplify)
            values.append(_untied(value))
        return values[0] if isinstance(parameter_names, str) else values

    def _initialized(self, variable: str, neurons: np.ndarray) -> None:
        state = simulator.state
        if variable not in self.celltype.default_initial_values:
            raise ConfigurationException(f"{type(self.celltype).__name__} has no state variable {variable}")
        if state.ran:
            once("initialize() after a run acts at the next reset; set_state() sets the value that a variable has now")
        state.reload(f"initial {variable} of {self.label}")

    def set_state(self, **values: Any) -> None:
        """Sets state variables as they are now."""
        for variable, value in values.items():
            if variable not in self.celltype.default_initial_values:
                raise ConfigurationException(f"{type(self.celltype).__name__} has no state variable {variable}")
            evaluated = LazyArray(simulator.state.adopt(value), shape=(self.size,), dtype=float).evaluate(simplify=True)
            if simulator.state.ran:
                simulator.state.change(
                    kind="state", population=self._whole(), name=variable, neurons=self.neurons(), values=evaluated
                )
            else:
                self.initialize(**{variable: evaluated})

    def set_initial_value(self, variable: str, value: Any, selector: Any = None) -> None:
        """Sets a state variable as it is now: before a run the value that it begins with."""
        (self if selector is None else self[selector]).set_state(**{variable: value})

    def get_initial_value(self, variable: str, selector: Any = None) -> np.ndarray:
        """The value [size] that a state variable begins with."""
        part = self if selector is None else self[selector]
        return np.asarray(part.initial_values[variable])

    @property
    def current_values(self) -> dict[str, np.ndarray]:
        """State variables as they are, by name."""
        state = simulator.state
        whole = self._whole()
        engine = state.loaded()
        names = {name: whole.celltype.state_names.get(name, name) for name in whole._initial}
        found = engine.state(state.document.names[whole], list(names.values()))
        return {name: found[engine_name][self.neurons()].view(Values) for name, engine_name in names.items()}

    @property
    def initial_values(self) -> dict[str, np.ndarray]:
        """State variables [size] as they begin, by name."""
        values = self._whole()._initial
        return {
            name: np.broadcast_to(np.asarray(value, float), self._whole().size)[self.neurons()].view(Values)
            for name, value in values.items()
        }

    @initial_values.setter
    def initial_values(self, values: dict[str, Any]) -> None:
        assert not values

    def get_data(
        self, variables: Any = "all", gather: bool = True, clear: bool = False, annotations: Any = None
    ) -> Any:
        wanted = self.recorder.check(variables)
        return self.recorder.get(wanted, gather, self._record_filter, clear, annotations)

    def write_data(self, io: Any, variables: Any = "all", gather: bool = True, clear: bool = False,
                   annotations: Any = None) -> None:  # fmt: skip
        if isinstance(io, str) and io.endswith(".csv"):
            from .neo_csv import write

            write(self.get_data(variables, gather, clear), io)
            return
        super().write_data(io, self.recorder.check(variables), gather, clear, annotations)

    def spinnaker_get_data(self, variable: Any, as_matrix: bool = False, view_indexes: Any = None) -> np.ndarray:
        """Rows of (neuron, time) of spikes; rows of (neuron, time, value), or a matrix, of variables."""
        if not isinstance(variable, str):
            if len(variable) != 1:
                raise ConfigurationException("Only one type of data at a time is supported")
            variable = variable[0]
        if variable == "all":
            raise ConfigurationException("Only one type of data at a time is supported")
        indexes = view_indexes if view_indexes is not None else (None if self._whole() is self else self.neurons())
        return self.recorder.array(variable, as_matrix, indexes)

    def find_units(self, variable: Any) -> str:
        """The unit of a variable or a parameter."""
        return self.celltype.units[getattr(variable, "name", variable)]


def _untied(value: Any) -> Any:
    """Spike times without PyNN's wrapping."""
    if hasattr(value, "value"):
        return value.value
    if isinstance(value, np.ndarray) and value.dtype == object:
        return [each.value if hasattr(each, "value") else each for each in value]
    return value


class PopulationView(_Parts, populations.PopulationView):
    """Some neurons of a population."""

    _assembly_class = Assembly

    def __init__(self, parent: Any, selector: Any, label: str | None = None) -> None:
        if isinstance(selector, int | np.integer):
            selector = [int(selector)]
        elif isinstance(selector, tuple):
            selector = list(selector)
        elif isinstance(selector, np.ndarray) and selector.dtype != bool:
            selector = np.sort(selector)
        super().__init__(parent, selector if isinstance(selector, slice) else np.asarray(selector), label)


class ID(simulator.ID):
    """A neuron, which is a view of itself too."""

    def __getattr__(self, name: str) -> Any:
        if name != "parent" and hasattr(PopulationView, name):
            return getattr(self.as_view(), name)
        return super().__getattr__(name)


class Population(_Parts, populations.Population):
    """Neurons of one kind, with sPyNNaker's arguments."""

    _recorder_class = Recorder
    _assembly_class = Assembly
    _view_class = PopulationView
    id_class = ID

    def __init__(self, size: Any, cellclass: Any, cellparams: Any = None, structure: Any = None,
                 initial_values: Any = None, label: str | None = None, additional_parameters: Any = None,
                 **additional: Any) -> None:  # fmt: skip
        from .control import check

        check()
        hints = {**(additional_parameters or {}), **additional}
        for name in set(hints) - _HINTS - _ACCEPTED:
            logger.warning("additional_parameter %s will be ignored", name)
        if not isinstance(size, tuple):
            rounded = int(np.ceil(size)) if size is not None else 1
            if size is not None and rounded != size:
                logger.warning("Size of the population rounded from %s to %s", size, rounded)
            size = rounded
        elif all(float(side).is_integer() for side in size):
            size = tuple(int(side) for side in size)
        if isinstance(cellclass, type):
            cellclass = cellclass(**(cellparams or {}))
            cellparams = None
        if hasattr(cellclass, "create_population_hints"):
            hints.update(cellclass.create_population_hints())
        super().__init__(size, cellclass, None, structure, initial_values, label, **hints)

    def shape(self) -> tuple[int, ...] | None:
        """Rows and columns, or more, of a population that has them."""
        if not self.shaped:
            return None
        if self.extents and len(self.extents) > 1:
            return self.extents[::-1]
        if isinstance(self._structure, Grid2D):
            columns, rows = self._structure.calculate_size(self.size)
            return (int(rows), int(columns)) if columns * rows == self.size else None
        if isinstance(self._structure, Grid3D):
            return tuple(int(side) for side in self._structure.calculate_size(self.size))
        return None

    shaped = False

    def mapping_hints(self, state: Any) -> dict[str, Any]:
        entry: dict[str, Any] = {}
        most = self.hints.get("neurons_per_core")
        for kind in type(self.celltype).__mro__:
            if most is None and kind in state.per_core:
                most = state.per_core[kind]
        if most is not None:
            if isinstance(most, tuple | list):
                shape = self.shape()
                most = [int(side) for side in most][::-1] if shape and len(shape) == len(most) else int(np.prod(most))
            else:
                most = max(1, int(most))
            entry["neurons_per_core"] = most
        cores = self.hints.get("n_synapse_cores") or getattr(self.hints.get("splitter"), "n_synapse_cores", None)
        cores = cores or state.synapse_cores.get(type(self.celltype))
        if cores and int(cores) > 1 and self._rewired(state):
            raise SynapticConfigurationException(
                f"{self.origin}: {self.label}: structural plasticity does not go with {cores} synapse cores, it needs 1"
            )
        if cores and not self.celltype.source and not self._learns(state):
            entry["n_synapse_cores"] = min(int(cores), 16)
        if self.hints.get("n_steps_per_timestep"):
            entry["n_steps_per_timestep"] = int(self.hints["n_steps_per_timestep"])
        if self.hints.get("seed") is not None:
            entry["seed"] = int(self.hints["seed"]) & (2**63 - 1)
        key = self.hints.get("virtual_key") or getattr(self.celltype, "virtual_key", None)
        if key is not None:
            entry["key"] = {"key": f"0x{int(key):08X}"}
        return entry

    def _rewired(self, state: Any) -> bool:
        return any(hasattr(p.synapse_type, "structure") and p.post is self for p in state.projections)

    def _learns(self, state: Any) -> bool:
        return any(
            getattr(p.synapse_type, "kind", "Static") != "Static" and any(m[0] is self for m in _members(p.post))
            for p in state.projections
        )

    def check_parameter(self, name: str, value: Any) -> None:
        """Spike times may be in any order: they are sorted."""

    def set_max_atoms_per_core(self, max_atoms_per_core: Any) -> None:
        """The most neurons on a core."""
        self.hints["neurons_per_core"] = max_atoms_per_core
        simulator.state.changed(f"neurons per core of {self.label}")

    def add_placement_constraint(self, x: int, y: int, p: int | None = None) -> None:
        """Taken, and left: the mapping places cores."""
        once("placement constraints are not followed: the mapping places cores", logging.INFO)

    @property
    def _vertex(self) -> SimpleNamespace:
        return SimpleNamespace(label=self.label, n_atoms=self.size, **self.hints)

    @property
    def celltype_name(self) -> str:
        return type(self.celltype).__name__

    def index_to_id(self, index: Any) -> Any:
        """The neurons' numbers among all."""
        return np.asarray(index) + int(self.first_id) if np.iterable(index) else self.all_cells[index]

    def describe(self, template: Any = "population_default.txt", engine: Any = "default") -> Any:
        try:
            return super().describe(template, engine)
        except (errors.NonExistentParameterError, KeyError):
            return f"Population {self.label} of {self.size} {self.celltype_name}"

    @staticmethod
    def create(cellclass: Any, cellparams: Any = None, n: int = 1) -> Population:
        """The same by another name."""
        return Population(n, cellclass, cellparams)


def _members(of: Any) -> Any:
    from ..pynn.projections import members

    return members(of)
