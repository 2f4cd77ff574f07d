"""Projections: rules that the engine makes synapses of, and what it says of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from pyNN.connectors import Connector
from pyNN.random import RandomDistribution
from pyNN.space import Space

from pyNN import common, errors

from .. import document
from ..errors import Origin, UnsupportedError, script_line
from ..expressions import DistanceExpression
from ..html import html_table
from ..results import Edges
from . import simulator
from .changing import Changing
from .connections import Connection, Part, members
from .expansion import Expansion
from .standardmodels.synapses import StaticSynapse

_DENSE = 2**28


def _tidy(delays: np.ndarray) -> np.ndarray:
    """Delays without the last digits that come of multiplying steps."""
    return np.round(delays, 9)


class Projection(Expansion, Changing, common.Projection):
    __doc__ = common.Projection.__doc__
    _simulator = simulator
    _static_synapse_class = StaticSynapse

    def __init__(
        self,
        presynaptic_population: Any,
        postsynaptic_population: Any,
        connector: Any,
        synapse_type: Any = None,
        source: Any = None,
        receptor_type: str | None = None,
        space: Any = None,
        label: str | None = None,
    ) -> None:
        self._uniform: dict[str, Any] = {}
        super().__init__(
            presynaptic_population,
            postsynaptic_population,
            connector,
            synapse_type,
            source,
            receptor_type,
            space or Space(),
            label,
        )
        self.origin = script_line()
        self._extra: dict[str, np.ndarray] = {}
        self._rows: tuple[np.ndarray, ...] | None = None
        self._cache: tuple[Any, Edges] | None = None
        for name in ("weight", "delay"):
            self._adopt(name)
        self.checked()
        self._check_constants()
        if getattr(connector, "needs_space", lambda: False)() or self._by_distance():
            for population, _, _ in members(self.pre) + members(self.post):
                population.needs_positions = True
        simulator.state.projections.append(self)
        simulator.state.changed(f"projection {self.label}")
        if connector.callback is not None:
            connector.callback(1.0)

    def __hash__(self) -> int:
        return id(self)

    def _guess_receptor_type(self) -> None:
        weight = self._given("weight")
        if isinstance(weight, RandomDistribution):
            negative = weight.next() < 0
        elif callable(weight):
            negative = False
        else:
            negative = bool(np.all(np.asarray(weight, float) < 0))
        # The receptors of an assembly are in no order.
        self.receptor_type = "inhibitory" if negative and not self.post.conductance_based else "excitatory"

    def described(self) -> Origin:
        return Origin(f'Projection "{self.label}"', self.origin)

    def checked(self) -> None:
        """Raises for what PyNN refuses: connections that there cannot be, weights of the wrong sign."""
        connector = self._connector
        if isinstance(connector, Connector) and not hasattr(connector, "rule") and not self._expandable():
            raise UnsupportedError(type(connector).__name__, "it has no way of making connections")
        rows = getattr(connector, "conn_list", None)
        if rows is not None and len(rows):
            table = np.asarray(rows, dtype=float)
            if table[:, 0].max() >= self.pre.size:
                raise errors.ConnectionError("source index out of range")
            if table[:, 1].max() >= self.post.size:
                raise errors.ConnectionError("target index out of range")
        weight = self._given("weight")
        if isinstance(weight, int | float) and getattr(connector, "safe", True):
            self._check_sign(float(weight))

    def _check_constants(self) -> None:
        """Raises where a rule's constants are drawn: the machine has one of each for a projection."""
        synapse = self.synapse_type
        parts = [getattr(synapse, name, None) for name in ("timing_dependence", "weight_dependence")]
        for part in parts if parts[0] is not None else [synapse]:
            space = part.parameter_space
            for name in set(space.keys()) - {"weight", "delay"}:
                value = space[name].base_value
                if isinstance(value, RandomDistribution):
                    raise UnsupportedError(
                        f"{name} by connection", "a rule's constants are the same for a projection", "a number is taken"
                    )

    def _check_sign(self, weight: float) -> None:
        conductances = self.post.conductance_based
        if conductances and weight < 0:
            raise errors.ConnectionError("Weights must be positive for conductance-based synapses")
        if not conductances and self.receptor_type == "inhibitory" and weight > 0:
            raise errors.ConnectionError("Weights must be negative for current-based, inhibitory synapses")
        if not conductances and self.receptor_type == "excitatory" and weight < 0:
            raise errors.ConnectionError("Weights must be positive for excitatory synapses")

    def _expandable(self) -> bool:
        return type(self._connector).connect is not Connector.connect

    def _given(self, name: str) -> Any:
        if name in self._uniform:
            return self._uniform[name]
        synapse = self.synapse_type
        if hasattr(synapse, "timing_dependence"):
            value = getattr(synapse, name)
        else:
            try:
                value = synapse.parameter_space[name].base_value
            except KeyError:
                return None
        return value

    def _adopt(self, name: str) -> None:
        simulator.state.adopt(self._given(name))

    def _by_distance(self) -> bool:
        return any(callable(self._given(name)) for name in ("weight", "delay"))

    def estimate(self) -> float:
        """About how many synapses there will be."""
        guess = getattr(self._connector, "estimate", None)
        return guess(self) if guess else self.pre.size * self.post.size

    def smallest_delay(self) -> float:
        """The smallest delay that a synapse has, ms."""
        delay = self._given("delay")
        return float(delay) if isinstance(delay, int | float) else float(np.min(self.values("delay"), initial=np.inf))

    # --- for the document -----------------------------------------------------------------------------------------

    def parts(self, doc: Any) -> list[Part]:
        """Entries of the topology."""
        self._cache = None
        sources, targets = members(self.pre), members(self.post)
        weight, delay = self._topology_value("weight"), self._topology_value("delay")
        rule = None
        if self._rows is None and weight is not None and delay is not None and hasattr(self._connector, "rule"):
            rule = self._connector.rule(self)
        whole = all(neurons is None for _, neurons, _ in sources + targets)
        single = len(sources) == len(targets) == 1
        if rule is not None and whole and (single or self._connector.splits):
            return [self._ruled(doc, rule, weight, delay, source, target) for source in sources for target in targets]
        if rule is not None and (single or self._connector.splits) and simulator.state.knows("pre_neurons"):
            return [self._ruled(doc, rule, weight, delay, source, target) for source in sources for target in targets]
        pre, post, weights, delays = self.expanded()
        return [
            self._listed(doc, source, target, pre, post, weights, delays) for source in sources for target in targets
        ]

    def completed(self, doc: Any) -> None:
        """Called when every projection has its name."""

    def _topology_value(self, name: str) -> Any:
        given = self._given(name)
        value = document.value(given)
        if isinstance(given, DistanceExpression) and value is not None and not simulator.state.knows("expression"):
            return None
        if name == "delay" and isinstance(value, float):
            return max(value, simulator.state.dt)
        return value

    def _receptor(self) -> str:
        return self.receptor_type

    def _entry(self, doc: Any, source: Any, target: Any, synapse: dict[str, Any]) -> dict[str, Any]:
        kind = getattr(self.synapse_type, "kind", "Static")
        return {
            "pre": doc.names[source[0]],
            "post": doc.names[target[0]],
            "receptor": self._receptor(),
            "synapse": {**({"type": kind} if kind != "Static" else {}), **synapse, **self._constants()},
        }

    def _constants(self) -> dict[str, Any]:
        entry = self.synapse_type.entry()
        for part in [entry, entry.get("timing", {}), entry.get("weight_dependence", {})]:
            for name in part.keys() & self._extra.keys():
                values = self._extra[name]
                if np.any(values != values[:1]):
                    raise UnsupportedError(f"{name} by connection", "a rule's constants are the same for a projection")
                part[name] = float(values[0]) if len(values) else part[name]
        return entry

    def _ruled(self, doc: Any, rule: dict[str, Any], weight: Any, delay: Any, source: Any, target: Any) -> Part:
        entry = self._entry(doc, source, target, {"weight": weight, "delay": delay})
        entry["connector"] = rule
        for side, (population, neurons, _) in (("pre", source), ("post", target)):
            if neurons is not None:
                chosen = document.slice_of(neurons, population.size)
                if chosen is not None:
                    entry[f"{side}_neurons"] = chosen
        seed = self._connector.seed()
        if seed is not None and simulator.state.knows("seed"):
            entry["seed"] = int(seed) & (2**63 - 1)
        if self._connector.needs_space() or self._by_distance():
            entry.update(self._space())
        return Part(entry, source, target)

    def _space(self) -> dict[str, Any]:
        space = self.space
        names = {0: "x", 1: "y", 2: "z"}
        entry: dict[str, Any] = {}
        axes = np.atleast_1d(np.asarray(space.axes))
        axes = np.arange(3)[axes[0]] if axes.dtype == object else axes
        text = "".join(names[int(axis)] for axis in np.atleast_1d(axes)) if not isinstance(space.axes, slice) else "xyz"
        if text in ("x", "y", "z", "xy", "yz", "xz"):
            entry["axes"] = text
        if space.scale_factor != 1.0:
            entry["scale_factor"] = float(space.scale_factor)
        if np.any(space.offset):
            offset = np.broadcast_to(np.asarray(space.offset, float), 3)
            entry["offset"] = offset
        if space.periodic_boundaries is not None:
            entry["periodic_boundaries"] = [
                None if bounds is None else [float(bound) for bound in bounds] for bounds in space.periodic_boundaries
            ]
        return {"space": entry} if entry else {}

    def _listed(self, doc: Any, source: Any, target: Any, pre: Any, post: Any, weights: Any, delays: Any) -> Part:
        chosen = self._within(pre, source, self.pre) & self._within(post, target, self.post)
        entry = self._entry(doc, source, target, {})
        name = f"edges{len(doc.content['projections'])}"
        entry["connector"] = document.connections(
            doc.folder,
            name,
            self._absolute(pre[chosen], source),
            self._absolute(post[chosen], target),
            weights[chosen],
            np.maximum(delays[chosen], simulator.state.dt),
        )
        return Part(entry, source, target)

    @staticmethod
    def _within(indices: np.ndarray, member: Any, of: Any) -> np.ndarray:
        population, neurons, start = member
        size = population.size if neurons is None else len(neurons)
        return (indices >= start) & (indices < start + size)

    @staticmethod
    def _absolute(indices: np.ndarray, member: Any) -> np.ndarray:
        _, neurons, start = member
        return indices - start if neurons is None else neurons[indices - start]

    # --- what the engine says -------------------------------------------------------------------------------------

    def edges(self, pending: bool = False) -> Edges:
        """Synapses as they are, indices relative to what is joined, by target and source."""
        state = simulator.state
        held = self._held()
        if held is not None:
            return held
        engine = state.connected()
        key = (id(state.document), state.steps, state.changes_sent, pending)
        if self._cache is not None and self._cache[0] == key:
            return self._cache[1]
        found = []
        for index, source, target in state.document.entries.get(self, []):
            edges = engine.edges(index, pending)
            found.append(
                Edges(
                    self._relative(edges.source, source),
                    self._relative(edges.target, target),
                    edges.weight,
                    edges.delay,
                )
            )
        columns = [
            np.concatenate([getattr(edges, name) for edges in found]) if found else np.empty(0)
            for name in ("source", "target", "weight", "delay")
        ]
        edges = Edges(
            columns[0].astype(np.int64), columns[1].astype(np.int64), self._signed(columns[2]), _tidy(columns[3])
        )
        self._cache = (key, edges)
        return edges

    exact = True

    def _held(self) -> Edges | None:
        """Synapses that are known here to the last digit, because nothing was left to the engine and nothing learns."""
        plastic = getattr(self.synapse_type, "kind", "Static") not in ("Static", "TsodyksMarkram")
        if not self.exact or (plastic and simulator.state.steps):
            return None
        if self._rows is None:
            connector = self._connector
            simple = all(isinstance(self._given(name), int | float) for name in ("weight", "delay"))
            if hasattr(connector, "rule") and connector.rule(self) is not None and simple:
                rows = connector.known(self)
                if rows is None:
                    return None
                pre, post = rows[:2]
                dt = simulator.state.dt
                delay = max(round(self._given("delay") / dt), 1) * dt
                return Edges(pre, post, np.full(len(pre), float(self._given("weight"))), np.full(len(pre), delay))
            if (
                hasattr(connector, "rule")
                and connector.rule(self) is not None
                and self._topology_value("weight") is not None
                and self._topology_value("delay") is not None
            ):
                return None
        return Edges(*self.expanded())

    def _signed(self, weights: np.ndarray) -> np.ndarray:
        return weights

    @staticmethod
    def _relative(indices: np.ndarray, member: Any) -> np.ndarray:
        population, neurons, start = member
        if neurons is None:
            return indices + start
        place = np.zeros(population.size, np.int64)
        place[neurons] = np.arange(len(neurons))
        return place[indices] + start

    def values(self, name: str) -> np.ndarray:
        """An attribute of every synapse, in the order of `edges`."""
        edges = self.edges()
        if name in ("presynaptic_index", "source"):
            return edges.source
        if name in ("postsynaptic_index", "target"):
            return edges.target
        if name == "delay":
            return edges.delay
        if name == "weight":
            return self._exact_weights(edges)
        if name in self._extra:
            return self._extra[name]
        return np.full(len(edges), self._constant(name))

    def _exact_weights(self, edges: Edges) -> np.ndarray:
        given = self._given("weight")
        static = getattr(self.synapse_type, "kind", "Static") in ("Static", "TsodyksMarkram")
        if static and self._rows is None and isinstance(given, int | float):
            return np.full(len(edges), float(given))
        if static and self._rows is None and isinstance(given, DistanceExpression) and self._is_small():
            return self._column("weight", None, edges.source, edges.target)
        return edges.weight

    def _constant(self, name: str) -> float:
        synapse = self.synapse_type
        spaces = (
            [synapse]
            if not hasattr(synapse, "timing_dependence")
            else [synapse.timing_dependence, synapse.weight_dependence]
        )
        for part in spaces:
            if name in part.parameter_space.keys():
                return float(part.parameter_space[name].base_value)
        if hasattr(synapse, name):
            return float(getattr(synapse, name))
        raise errors.NonExistentParameterError(name, type(synapse).__name__, synapse.get_parameter_names())

    def __len__(self) -> int:
        return len(self.edges())

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [Connection(self, index) for index in range(*place.indices(len(self)))]
        count = len(self)
        if not -count <= place < count:
            raise IndexError(f"there are {count} connections")
        return Connection(self, int(place) % count)

    @property
    def connections(self) -> Iterator[Connection]:
        return iter(self[:])

    def _get_attributes_as_list(self, names: Any) -> list[tuple[Any, ...]]:
        columns = [self.values(name).tolist() for name in names]
        return list(zip(*columns, strict=True))

    def _get_attributes_as_arrays(self, names: Any, multiple_synapses: str = "sum") -> list[np.ndarray]:
        return [self._dense(self.values(name), multiple_synapses) for name in names]

    def _dense(self, values: np.ndarray, multiple: str) -> np.ndarray:
        if self.pre.size * self.post.size > _DENSE:
            raise UnsupportedError(
                "format='array'",
                f"it would have {self.pre.size} × {self.post.size} cells",
                "there is projection.edges()",
            )
        edges = self.edges()
        matrix = np.full((self.pre.size, self.post.size), np.nan)
        where = (edges.source, edges.target)
        if multiple == "last":
            matrix[where] = values
        elif multiple == "first":
            matrix[edges.source[::-1], edges.target[::-1]] = values[::-1]
        else:
            operation, start = {"sum": (np.add, 0.0), "min": (np.minimum, np.inf), "max": (np.maximum, -np.inf)}[
                multiple
            ]
            matrix[where] = start
            operation.at(matrix, where, values)
        return matrix

    def _set_initial_value_array(self, variable: str, initial_value: Any) -> None:
        if np.any(initial_value.evaluate(simplify=True)):
            raise UnsupportedError(f"initialize({variable}=…)", "synapses begin at rest")

    def _repr_html_(self) -> str:
        kinds = [("rule", self._connector), ("synapse", self.synapse_type)]
        rows: list[tuple[str, Any]] = [(name, type(value).__name__) for name, value in kinds]
        rows += [("receptor", self.receptor_type), ("synapses", len(self._cache[1]) if self._cache else "")]
        return html_table(str(self.label), rows)
