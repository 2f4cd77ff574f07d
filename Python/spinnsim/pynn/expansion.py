"""Connections made one by one in Python, for rules and values that the topology has no words for."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyNN.random import RandomDistribution

from ..errors import UnsupportedError
from . import simulator

_PAIRS = 2**24


class Expansion:
    """What a projection does to have every connection of its own. Drawn once."""

    _connector: Any
    _rows: tuple[np.ndarray, ...] | None
    _extra: dict[str, np.ndarray]
    pre: Any
    post: Any
    synapse_type: Any

    def _given(self, name: str) -> Any:
        raise NotImplementedError

    def expanded(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Every connection: sources, targets, weights, delays, relative to what is joined. Drawn once."""
        if self._rows is None:
            rows = self._connector.rows(self) if hasattr(self._connector, "rows") else None
            if rows is None and self._by_list() and hasattr(self._connector, "known"):
                rows = _by_source(self._connector.known(self))
            if rows is None:
                self._rows = self._made()
            else:
                pre, post, *rest = rows
                given = dict(zip(("weight", "delay"), rest, strict=False))
                weights, delays = (self._column(name, given.get(name), pre, post) for name in ("weight", "delay"))
                self._rows = pre, post, weights, delays
        return self._rows  # type: ignore[return-value]

    def _is_small(self) -> bool:
        """Whether there is room here for a value of each pair of neurons."""
        return self.pre.size * self.post.size <= _PAIRS

    def _column(self, name: str, given: np.ndarray | None, pre: np.ndarray, post: np.ndarray) -> np.ndarray:
        if given is not None:
            return np.asarray(given, float)
        value = self._given(name)
        if isinstance(value, RandomDistribution):
            return np.atleast_1d(np.asarray(value.next(len(pre)), float)) if len(pre) else np.empty(0)
        if callable(value):
            space = self._connector._parameters_from_synapse_type(self)
            matrix = np.asarray(space[name].evaluate(simplify=False))
            return matrix[pre, post].astype(float)
        array = np.asarray(value, float)
        return np.broadcast_to(array, len(pre)).astype(float) if array.ndim < 2 else array[pre, post]

    def _made(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        self._made_rows: list[tuple[np.ndarray, int, Any, Any]] = []
        self._made_extra: dict[str, list[np.ndarray]] = {}
        callback, self._connector.callback = self._connector.callback, None
        lists = self._by_list()
        try:
            for name in lists:
                setattr(self.synapse_type, name, simulator.state.smallest_delay)
            self._connector.connect(self)
        finally:
            self._connector.callback = callback
            for name, values in lists.items():
                setattr(self.synapse_type, name, values)
        rows, self._made_rows = self._made_rows, []
        pre = np.concatenate([row[0] for row in rows]) if rows else np.empty(0, np.int64)
        post = np.repeat([row[1] for row in rows], [len(row[0]) for row in rows]).astype(np.int64)
        columns = []
        for place, name in ((2, "weight"), (3, "delay")):
            if name in lists:
                column = np.empty(len(pre))
                column[np.lexsort((post, pre))] = np.asarray(lists[name], float)
                columns.append(column)
            else:
                columns.append(
                    np.concatenate([np.broadcast_to(np.asarray(row[place], float), len(row[0])) for row in rows])
                    if rows
                    else np.empty(0)
                )
        self._extra = {name: np.concatenate(parts) for name, parts in self._made_extra.items()}
        return pre.astype(np.int64), post, columns[0], columns[1]

    def _by_list(self) -> dict[str, Any]:
        """Weights or delays that are one list for all connections by source and target: put in after they are made."""
        return {}

    def _convergent_connect(
        self, presynaptic_indices: Any, postsynaptic_index: int, location_selector: Any = None, **values: Any
    ) -> None:
        if location_selector is not None:
            raise UnsupportedError("location_selector", "neurons are points")
        sources = np.atleast_1d(np.asarray(presynaptic_indices, dtype=np.int64))
        delay = values.get("delay", simulator.state.smallest_delay)
        self._made_rows.append((sources, int(postsynaptic_index), values.get("weight", 0.0), delay))
        for name in values.keys() - {"weight", "delay"}:
            self._made_extra.setdefault(name, []).append(np.broadcast_to(np.asarray(values[name], float), len(sources)))


def _by_source(rows: tuple[np.ndarray, ...] | None) -> tuple[np.ndarray, ...] | None:
    """Connections in the order in which lists of values are given."""
    if rows is None:
        return None
    pre, post = rows[:2]
    order = np.lexsort((post, pre))
    return pre[order], post[order]
