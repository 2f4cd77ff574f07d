"""Populations, views and assemblies."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyNN.parameters import LazyArray, ParameterSpace, Sequence, simplify

from pyNN import common, errors

from ..errors import Origin, script_line
from ..html import html_table
from . import simulator
from .recording import Recorder


class IDs(np.ndarray):
    """Neurons' numbers; an `ID` is made of one when it is looked at."""

    population: Any = None

    def __array_finalize__(self, source: Any) -> None:
        self.population = getattr(source, "population", None)

    def __getitem__(self, index: Any) -> Any:
        value = super().__getitem__(index)
        return self._identified(value) if isinstance(value, np.integer) else value

    def __iter__(self) -> Any:
        for value in np.asarray(self).tolist():
            yield self._identified(value)

    def _identified(self, value: Any) -> Any:
        if self.population is None:
            return value
        cell = self.population.id_class(int(value))
        cell.parent = self.population
        return cell


def _indices(selector: Any) -> Any:
    return selector


class Assembly(common.Assembly):
    __doc__ = common.Assembly.__doc__
    _simulator = simulator


class _Parts:
    """What populations and views share: cells are parts of arrays that the whole population keeps."""

    size: int

    def _whole(self) -> Population:
        raise NotImplementedError

    def neurons(self) -> np.ndarray:
        """Indices in the whole population [size]."""
        raise NotImplementedError

    def _get_parameters(self, *names: str) -> ParameterSpace:
        return self._get_native_parameters(*names)

    def _get_native_parameters(self, *names: str) -> ParameterSpace:
        whole = self._whole()
        values: dict[str, Any] = {}
        for name in names:
            try:
                value = whole._parameters[name]
            except KeyError:
                raise errors.NonExistentParameterError(
                    name, type(self.celltype).__name__, self.celltype.get_parameter_names()
                ) from None
            values[name] = simplify(value[self.neurons()]) if isinstance(value, np.ndarray) else value
        return ParameterSpace(values, shape=(self.size,))

    def set(self, **parameters: Any) -> None:
        for value in parameters.values():
            simulator.state.adopt(value)
        super().set(**parameters)  # type: ignore[misc]

    def _set_parameters(self, parameter_space: ParameterSpace) -> None:
        parameter_space.evaluate(simplify=True)
        whole = self._whole()
        neurons = self.neurons()
        for name, value in parameter_space.as_dict().items():
            whole.check_parameter(name, value)
            if name == "spike_times":
                whole.keep_sent()
            whole._store(whole._parameters, name, value, neurons)
            whole._tell(name, neurons)

    def initialize(self, **initial_values: Any) -> None:
        whole = self._whole()
        for variable, value in initial_values.items():
            simulator.state.adopt(value)
            try:
                evaluated = LazyArray(value, shape=(self.size,), dtype=float).evaluate(simplify=True)
            except (ValueError, TypeError) as error:
                raise errors.InvalidParameterValueError(f"{variable} of {self.label}: {error}") from error
            whole._store(whole._initial, variable, evaluated, self.neurons())
            self._initialized(variable, self.neurons())

    def _initialized(self, variable: str, neurons: np.ndarray) -> None:
        self._whole()._tell_state(variable, neurons)

    def _get_view(self, selector: Any, label: str | None = None) -> PopulationView:
        return self._whole()._view_class(self, selector, label)


class PopulationView(_Parts, common.PopulationView):
    __doc__ = common.PopulationView.__doc__
    _assembly_class = Assembly
    _simulator = simulator

    def _whole(self) -> Population:
        return self.grandparent

    def neurons(self) -> np.ndarray:
        return np.asarray(self.all_cells) - int(self.grandparent.first_id)

    @property
    def initial_values(self) -> dict[str, LazyArray]:
        values = self._whole()._initial
        return {
            name: LazyArray(value[self.neurons()] if isinstance(value, np.ndarray) else value, shape=(self.size,))
            for name, value in values.items()
        }


class Population(_Parts, common.Population):
    __doc__ = common.Population.__doc__
    _simulator = simulator
    _recorder_class = Recorder
    _assembly_class = Assembly
    _view_class = PopulationView
    id_class: type = simulator.ID
    needs_positions = False
    sent: tuple[float, tuple[np.ndarray, np.ndarray]] | None = None

    def __init__(
        self,
        size: Any,
        cellclass: Any,
        cellparams: dict[str, Any] | None = None,
        structure: Any = None,
        initial_values: dict[str, Any] | None = None,
        label: str | None = None,
        **hints: Any,
    ) -> None:
        if isinstance(cellclass, type):
            cellclass = cellclass(**(cellparams or {}))
            cellparams = None
        self.hints = hints
        self.origin = script_line()
        self._initial: dict[str, Any] = {}
        self.extents = tuple(int(n) for n in size) if isinstance(size, tuple) else None
        super().__init__(size, cellclass, cellparams, structure, dict(initial_values or {}), label)
        simulator.state.populations.append(self)
        simulator.state.changed(f"population {self.label}")

    def __hash__(self) -> int:
        return id(self)

    def _whole(self) -> Population:
        return self

    def keep_sent(self) -> None:
        """Keeps the spikes of a source that are over, before it gets other times."""
        state = simulator.state
        if state.steps:
            over = state.t - state.dt / 2
            times, neurons = self.celltype.exact_times(self, over) or (np.empty(0), np.empty(0, np.int64))
            self.sent = (over, (times, neurons))

    def neurons(self) -> np.ndarray:
        return np.arange(self.size)

    @property
    def initial_values(self) -> dict[str, LazyArray]:
        """Initial values by variable."""
        return {name: LazyArray(value, shape=(self.size,)) for name, value in self._initial.items()}

    @initial_values.setter
    def initial_values(self, values: dict[str, Any]) -> None:
        assert not values

    def described(self) -> Origin:
        return Origin(f'Population "{self.label}"', self.origin)

    def mapping_hints(self, state: Any) -> dict[str, Any]:
        """Keys of the topology that say where neurons go."""
        return {key: value for key, value in self.hints.items() if key in ("neurons_per_core", "n_synapse_cores")}

    def check_parameter(self, name: str, value: Any) -> None:
        """Raises what PyNN raises for values that no cell can have."""
        if name == "spike_times":
            for times in value if isinstance(value, np.ndarray) else [value]:
                array = np.asarray(getattr(times, "value", times), dtype=float)
                if np.any(np.diff(array) < 0):
                    raise errors.InvalidParameterValueError(
                        "Spike times given to SpikeSourceArray must be in increasing order"
                    )

    def _create_cells(self) -> None:
        state = simulator.state
        first = state.id_counter
        self.all_cells = np.arange(first, first + self.size).view(IDs)
        self.all_cells.population = self
        self._mask_local = np.ones(self.size, bool)
        state.id_counter += self.size
        space = self.celltype.native_parameters
        space.shape = (self.size,)
        for _, value in space.items():
            state.adopt(value.base_value)
        space.evaluate(simplify=True)
        self._parameters: dict[str, Any] = {}
        for name, value in space.as_dict().items():
            self.check_parameter(name, value)
            self._parameters[name] = _tidied(value)

    def _store(self, values: dict[str, Any], name: str, value: Any, neurons: np.ndarray) -> None:
        value = _tidied(value)
        if len(neurons) == self.size:
            values[name] = value
            return
        old = values.get(name, 0.0)
        if not isinstance(old, np.ndarray):
            whole = np.empty(self.size, dtype=object if isinstance(old, Sequence) else float)
            whole[:] = old if not isinstance(old, Sequence) else [old] * self.size
            old = whole
        else:
            old = old.copy()
        if isinstance(value, Sequence):
            for neuron in neurons:
                old[neuron] = value
        else:
            old[neurons] = value
        values[name] = old

    def _tell(self, name: str, neurons: np.ndarray) -> None:
        simulator.state.change(kind="parameter", population=self, name=name, neurons=neurons)

    def _tell_state(self, variable: str, neurons: np.ndarray) -> None:
        simulator.state.change(kind="state", population=self, name=variable, neurons=neurons)
        if simulator.state.ran:
            simulator.state.reload(variable)

    def _repr_html_(self) -> str:
        rows: list[tuple[str, Any]] = [("size", self.size), ("model", type(self.celltype).__name__)]
        rows += [(name, simulator.state.placed(self).get(name, "")) for name in ("chips", "cores")]
        rows += [(name, value if np.isscalar(value) else "…") for name, value in self._parameters.items()]
        return html_table(str(self.label), rows)


def _tidied(value: Any) -> Any:
    """A number, a `Sequence`, or an array of either."""
    if isinstance(value, np.ndarray) and value.dtype != object and value.ndim == 1:
        return value.astype(float)
    return value
