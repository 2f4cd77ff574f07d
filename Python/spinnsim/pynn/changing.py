"""Weights, delays and constants of a projection that get other values."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import document
from ..errors import UnsupportedError
from . import simulator


class Changing:
    """What a projection does to change: before the first step in the document, later by what the engine is told."""

    _connector: Any
    _uniform: dict[str, Any]
    _rows: tuple[np.ndarray, ...] | None
    _extra: dict[str, np.ndarray]

    def set(self, **attributes: Any) -> None:
        for value in attributes.values():
            simulator.state.adopt(value)
        simple = {
            name: value
            for name, value in attributes.items()
            if isinstance(value, int | float) and name in ("weight", "delay")
        }
        state = simulator.state
        if len(simple) == len(attributes) and self._rows is None and not state.steps:
            if "weight" in simple and getattr(self._connector, "safe", True):
                self._check_sign(float(simple["weight"]))
            self._uniform.update({name: float(value) for name, value in simple.items()})
            state.changed(f"{', '.join(simple)} of {self.label}")
            return
        super().set(**attributes)

    def _set_attributes(self, parameter_space: Any) -> None:
        parameter_space.evaluate(simplify=True)
        edges = self.edges()
        for name, value in parameter_space.as_dict().items():
            matrix = np.asarray(value, float)
            values = np.full(len(edges), float(matrix)) if matrix.ndim == 0 else matrix[edges.source, edges.target]
            if name in ("weight", "delay"):
                self.put(name, values)
            elif simulator.state.steps:
                raise UnsupportedError(
                    f"set({name}=…)", "a rule's constants are those of its projection from the beginning"
                )
            else:
                self._extra[name] = values
                simulator.state.changed(f"{name} of {self.label}")

    def put(self, name: str, values: np.ndarray) -> None:
        """Gives every synapse, in the order of `edges`, a weight or a delay."""
        state = simulator.state
        edges = self.edges()
        if name == "delay" and state.steps:
            raise NotImplementedError("delays cannot be changed between runs without resetting")
        weights, delays = (values, edges.delay) if name == "weight" else (self.values("weight"), values)
        self._rows = edges.source, edges.target, weights, delays
        if state.steps:
            state.change(kind="weights", projection=self)
            state.reload(f"{name} of {self.label}")
        else:
            state.changed(f"{name} of {self.label}")

    def weight_changes(self, doc: Any) -> list[dict[str, Any]]:
        """The weights as they are to be, a file for each entry of the topology."""
        pre, post, weights, delays = self.expanded()
        changes = []
        for index, source, target in doc.entries[self]:
            chosen = self._within(pre, source, self.pre) & self._within(post, target, self.post)
            path = doc.folder / f"weights{index}-{simulator.state.changes_sent}.h5"
            document.write_edges(
                path,
                self._absolute(pre[chosen], source),
                self._absolute(post[chosen], target),
                weights[chosen],
                delays[chosen],
            )
            changes.append({"projection": doc.content["projections"][index]["name"], "file": path.name})
        return changes
