"""Projections as sPyNNaker has them: weights that the machine holds, rows by source and target."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np

from ..errors import UnsupportedError
from ..pynn import populations as pynn_populations
from ..pynn import projections, simulator
from ..pynn.projections import members
from ..results import Edges
from .exceptions import ConfigurationException, SynapticConfigurationException
from .synapses import StaticSynapse


class ConnectionHolder:
    """What was asked for before a run: filled when the network is built."""

    def __init__(self, fill: Any) -> None:
        self._fill = fill
        self._values: Any = None
        self._full = False

    def finish(self) -> None:
        """Takes the values as they are."""
        if not self._full:
            self._values = self._fill()
            self._full = True

    @property
    def values(self) -> Any:
        self.finish()
        return self._values

    def __getitem__(self, place: Any) -> Any:
        return self.values[place]

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Any:
        return iter(self.values)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.asarray(self.values, dtype=dtype)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.values, name)

    def __str__(self) -> str:
        return str(self.values)

    __repr__ = __str__


class Projection(projections.Projection):
    """Synapses between two populations."""

    _static_synapse_class = StaticSynapse
    exact = False

    def __init__(self, presynaptic_population: Any, postsynaptic_population: Any, connector: Any,
                 synapse_type: Any = None, source: Any = None, receptor_type: str = "excitatory", space: Any = None,
                 label: str | None = None, download_synapses: bool = False,
                 partition_id: Any = None, target: Any = None) -> None:  # fmt: skip
        from .control import check

        check()
        if target is not None:
            raise UnsupportedError("target", "this is the API of PyNN 0.7", "since 0.8 it is receptor_type")
        if source is not None:
            raise NotImplementedError("sPyNNaker only supports source=None")
        presynaptic_population = _view(presynaptic_population)
        postsynaptic_population = _view(postsynaptic_population)
        for name, each in (("pre", presynaptic_population), ("post", postsynaptic_population)):
            if not isinstance(each, pynn_populations._Parts | pynn_populations.Assembly):
                raise ConfigurationException(f"{name}synaptic_population is not a supported vertex type")
        modulated = receptor_type in ("reward", "punishment")
        self.modulation = receptor_type if modulated else None
        if receptor_type not in postsynaptic_population.receptor_types and not modulated:
            raise ConfigurationException(
                f"The population {postsynaptic_population.label} has no receptor {receptor_type}: "
                f"it has {', '.join(postsynaptic_population.receptor_types) or 'none'}"
            )
        super().__init__(
            presynaptic_population, postsynaptic_population, connector, synapse_type, None,
            postsynaptic_population.receptor_types[0] if modulated else receptor_type, space, label,
        )  # fmt: skip
        if modulated:
            self.receptor_type = receptor_type
        self._check_rules()
        if getattr(connector, "shaped", False):
            for side in (self.pre, self.post):
                side._whole().shaped = True
            if connector.kind == "Convolution":
                self._check_shapes(connector)

    def checked(self) -> None:
        """Weights may be of either sign: the receptor decides. Throws `SpynnakerException`."""
        if hasattr(self._connector, "checked"):
            self._connector.checked(self)
        rows = getattr(self._connector, "conn_list", None)
        if rows is not None and len(rows):
            table = np.asarray(rows, dtype=float)
            inside = (table[:, 0] < self.pre.size) & (table[:, 1] < self.post.size)
            if not np.all(inside):
                # sPyNNaker leaves out rows beyond either population.
                self._connector.conn_list = self._connector.conn_list[inside]

    def _check_shapes(self, connector: Any) -> None:
        pre, post = self.pre._whole().shape(), self.post._whole().shape()
        if pre is None or post is None or len(pre) != 2 or len(post) != 2:
            raise ConfigurationException(
                "The ConvolutionConnector only works where the Populations of a Projection are both 2D. "
                "Please ensure that both the Populations use a Grid2D structure."
            )
        if connector.get_post_shape(pre) != tuple(post):
            raise ConfigurationException(
                f"With a source population with shape {pre}, for a Convolution connector with the given parameters, "
                f"the post-population must have a shape {connector.get_post_shape(pre)}"
            )

    def _check_rules(self) -> None:
        mine = getattr(self.synapse_type, "kind", "Static")
        if mine not in ("STDP", "StructuralSTDP"):
            return
        for other in simulator.state.projections:
            if other is self or other.post is not self.post:
                continue
            if getattr(other.synapse_type, "kind", "Static") in ("STDP", "StructuralSTDP"):
                theirs, ours = other.synapse_type.entry(), self.synapse_type.entry()
                if any(theirs[name] != ours[name] for name in ("timing", "weight_dependence")):
                    simulator.state.projections.remove(self)
                    raise SynapticConfigurationException(
                        "Synapse dynamics must match exactly when using multiple edges to the same population"
                    )

    def _receptor(self) -> str:
        return self.receptor_type

    def _topology_value(self, name: str) -> Any:
        if getattr(self._connector, "shaped", False) and name == "weight":
            return 0.0
        value = super()._topology_value(name)
        # Conductances have no sign: sPyNNaker takes the size of a weight, and the receptor decides.
        if name == "weight" and self.post.conductance_based:
            if isinstance(value, float):
                return abs(value)
            if isinstance(value, dict) and "expression" in value:
                return {"expression": f"abs({value['expression']})"}
        return value

    def _entry(self, doc: Any, source: Any, target: Any, synapse: dict[str, Any]) -> dict[str, Any]:
        entry = super()._entry(doc, source, target, synapse)
        kind = getattr(self.synapse_type, "kind", "Static")
        if getattr(self._connector, "shaped", False):
            entry.pop("receptor")
            entry["synapse"].pop("weight", None)
        if kind == "Neuromodulation":
            entry["synapse"].pop("delay", None)
        if kind == "WeightChanger":
            entry["synapse"].pop("weight", None)
        if hasattr(self.synapse_type, "structure") and "rewiring" in self.post._whole().recorder.names:
            entry["record"] = {"rewiring": True}
        return entry

    def completed(self, doc: Any) -> None:
        if getattr(self.synapse_type, "kind", "") == "WeightChanger":
            for index, _, _ in doc.entries[self]:
                doc.content["projections"][index]["synapse"]["projection"] = doc.names[self.synapse_type.projection]

    def _by_list(self) -> dict[str, Any]:
        return {
            name: value for name in ("weight", "delay")
            if isinstance(value := self._given(name), list | np.ndarray) and np.ndim(value) == 1
        }  # fmt: skip

    def _signed(self, weights: np.ndarray) -> np.ndarray:
        return np.abs(weights)

    def _exact_weights(self, edges: Edges) -> np.ndarray:
        return edges.weight

    def edges(self, pending: bool = False) -> Edges:
        """Synapses as they are, by source and target."""
        fresh = self._cache
        edges = super().edges(pending)
        if self._cache is not fresh and self._cache is not None:
            place = edges.source * (self.post.size + 1) + edges.target
            if np.any(np.diff(place) < 0):
                order = np.argsort(place, kind="stable")
                edges = Edges(edges.source[order], edges.target[order], edges.weight[order], edges.delay[order])
            self._cache = (self._cache[0], edges)
        return edges

    def get(self, attribute_names: Any, format: str, gather: bool = True, with_address: bool = True,
            multiple_synapses: str = "last") -> Any:  # fmt: skip
        if multiple_synapses != "last":
            raise ConfigurationException("sPyNNaker only recognises multiple_synapses == last")
        names = [attribute_names] if isinstance(attribute_names, str) else list(attribute_names)

        def fill() -> Any:
            return self._taken(names, format, with_address)

        if simulator.state.ran:
            return fill()
        holder = ConnectionHolder(fill)
        simulator.state.holders.append(holder)
        return holder

    def _taken(self, names: list[str], format: str, with_address: bool) -> Any:
        if format != "list":
            arrays = [self._dense(self.values(name), "last") for name in names]
            return arrays[0] if len(arrays) == 1 else arrays
        columns = [self.values(name) for name in names]
        if with_address:
            edges = self.edges()
            columns = [_whole(edges.source, self.pre), _whole(edges.target, self.post), *columns]
        elif len(columns) == 1:
            return columns[0]
        return _lists(columns)

    def save(self, attribute_names: Any, file: Any, format: str = "list", gather: bool = True,
             with_address: bool = True) -> None:  # fmt: skip
        if attribute_names in ("all", "connections") or attribute_names in (["all"], ["connections"]):
            attribute_names = ["weight", "delay"]
        names = [attribute_names] if isinstance(attribute_names, str) else list(attribute_names)

        def write() -> None:
            from pyNN.recording import files

            to = files.StandardTextFile(file, mode="w") if isinstance(file, str) else file
            data = self._taken(names, format, with_address)
            if format != "list":
                data = [np.where(np.isnan(values), 0.0, values) for values in (data if len(names) > 1 else [data])]
                data = data[0] if len(data) == 1 else data
            to.write(data, {"columns": (["i", "j"] if with_address else []) + names})
            to.close()

        if simulator.state.ran:
            write()
        else:
            simulator.state.holders.append(ConnectionHolder(write))

    def set_download_synapses(self, download_synapses: bool) -> None:
        """Taken, and left: synapses can always be asked for."""


def _lists(columns: list[np.ndarray]) -> list[list[Any]]:
    """Rows of columns. Nothing is collected meanwhile: looking through millions of new lists takes longer than them."""
    collects = gc.isenabled()
    gc.disable()
    try:
        return list(map(list, zip(*(column.tolist() for column in columns), strict=True)))
    finally:
        if collects:
            gc.enable()


def _view(of: Any) -> Any:
    return of.as_view() if isinstance(of, simulator.ID) else of


def _whole(indices: np.ndarray, of: Any) -> np.ndarray:
    """Indices in the whole population of those in a view of it."""
    return of.neurons()[indices] if hasattr(of, "grandparent") else indices


def connected(of: Any) -> list[Any]:
    """Whole populations of a population, view or assembly."""
    return [member[0] for member in members(of)]
