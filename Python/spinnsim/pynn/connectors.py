"""Connectors: a rule of the topology where it has one, else PyNN's own way of making connections."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyNN.connectors import CloneConnector, CSAConnector, DisplacementDependentProbabilityConnector

from pyNN import connectors, random

from ..errors import UnsupportedError


class EngineConnector:
    """
    What the document asks of a connector.

    `rule` is the topology's `connector`, or nothing where only an expansion will do; `splits` says whether it can be
    applied to parts of populations one by one.
    """

    splits = False

    def rule(self, projection: Any) -> dict[str, Any] | None:
        return None

    def seed(self) -> int | None:
        """The seed that the script gave, or nothing."""
        return getattr(self, "_given_seed", None)

    def rows(self, projection: Any) -> tuple[np.ndarray, ...] | None:
        """Sources, targets, and perhaps weights and delays, where they are known without drawing."""
        return None

    def known(self, projection: Any) -> tuple[np.ndarray, ...] | None:
        """The same for rules that leave nothing to chance, of which the engine makes the synapses all the same."""
        return self.rows(projection)

    def estimate(self, projection: Any) -> float:
        """About how many synapses there will be."""
        return projection.pre.size * projection.post.size

    def needs_space(self) -> bool:
        return False

    def _no_self(self) -> dict[str, Any]:
        allowed = getattr(self, "allow_self_connections", True)
        return {} if allowed is True else {"allow_self_connections": bool(allowed)}

    def _mutual(self) -> bool:
        return getattr(self, "allow_self_connections", True) == "NoMutual"


def _with_seed(given: Any) -> int | None:
    return given.seed if isinstance(given, random.AbstractRNG) else None


class AllToAllConnector(EngineConnector, connectors.AllToAllConnector):
    __doc__ = connectors.AllToAllConnector.__doc__
    splits = True

    def rule(self, projection: Any) -> dict[str, Any] | None:
        return None if self._mutual() else {"type": "AllToAll", **self._no_self()}

    def known(self, projection: Any) -> tuple[np.ndarray, ...] | None:
        if self._mutual() or not self.allow_self_connections or projection.pre.size * projection.post.size > 1_000_000:
            return None
        post, pre = np.divmod(np.arange(projection.pre.size * projection.post.size), projection.pre.size)
        return pre, post


class OneToOneConnector(EngineConnector, connectors.OneToOneConnector):
    __doc__ = connectors.OneToOneConnector.__doc__

    def rule(self, projection: Any) -> dict[str, Any] | None:
        return {"type": "OneToOne"}

    def known(self, projection: Any) -> tuple[np.ndarray, ...] | None:
        both = np.arange(min(projection.pre.size, projection.post.size))
        return both, both

    def estimate(self, projection: Any) -> float:
        return min(projection.pre.size, projection.post.size)


class FixedProbabilityConnector(EngineConnector, connectors.FixedProbabilityConnector):
    __doc__ = connectors.FixedProbabilityConnector.__doc__
    splits = True

    def __init__(
        self,
        p_connect: float,
        allow_self_connections: Any = True,
        location_selector: Any = None,
        rng: Any = None,
        safe: bool = True,
        callback: Any = None,
    ) -> None:
        super().__init__(p_connect, allow_self_connections, location_selector, rng, safe, callback)
        self._given_seed = _with_seed(rng)

    def rule(self, projection: Any) -> dict[str, Any] | None:
        if self._mutual():
            return None
        return {"type": "FixedProbability", "p_connect": min(self.p_connect, 1.0), **self._no_self()}

    def estimate(self, projection: Any) -> float:
        return projection.pre.size * projection.post.size * self.p_connect


class DistanceDependentProbabilityConnector(EngineConnector, connectors.DistanceDependentProbabilityConnector):
    __doc__ = connectors.DistanceDependentProbabilityConnector.__doc__
    splits = True

    def __init__(
        self,
        d_expression: Any,
        allow_self_connections: Any = True,
        location_selector: Any = None,
        rng: Any = None,
        safe: bool = True,
        callback: Any = None,
    ) -> None:
        super().__init__(d_expression, allow_self_connections, location_selector, rng, safe, callback)
        self._given_seed = _with_seed(rng)

    def rule(self, projection: Any) -> dict[str, Any] | None:
        if self._mutual() or not isinstance(self.d_expression, str):
            return None
        return {"type": "DistanceDependentProbability", "d_expression": self.d_expression, **self._no_self()}

    def needs_space(self) -> bool:
        return True


class IndexBasedProbabilityConnector(EngineConnector, connectors.IndexBasedProbabilityConnector):
    __doc__ = connectors.IndexBasedProbabilityConnector.__doc__


class _FixedNumber(EngineConnector):
    kind: str
    splits = False

    def __init__(
        self,
        n: Any,
        allow_self_connections: bool = True,
        with_replacement: bool = False,
        location_selector: Any = None,
        rng: Any = None,
        safe: bool = True,
        callback: Any = None,
    ) -> None:
        super().__init__(n, allow_self_connections, with_replacement, location_selector, rng, safe, callback)  # type: ignore[call-arg]
        self._given_seed = _with_seed(rng)

    def rule(self, projection: Any) -> dict[str, Any] | None:
        if not isinstance(self.n, int | np.integer) or not self.fits(projection):  # type: ignore[attr-defined]
            return None
        rule = {"type": self.kind, "n": int(self.n), **self._no_self()}  # type: ignore[attr-defined]
        return {**rule, "with_replacement": bool(self.with_replacement)}  # type: ignore[attr-defined]

    def fits(self, projection: Any) -> bool:
        """Without replacement PyNN takes every cell several times when there are too few, where the machine refuses."""
        return True

    def estimate(self, projection: Any) -> float:
        n = self.n if isinstance(self.n, int) else 1  # type: ignore[attr-defined]
        return float(n * projection.post.size)


class FixedNumberPostConnector(_FixedNumber, connectors.FixedNumberPostConnector):
    __doc__ = connectors.FixedNumberPostConnector.__doc__
    kind = "FixedNumberPost"

    def fits(self, projection: Any) -> bool:
        return self.with_replacement or self.n < projection.post.size

    def estimate(self, projection: Any) -> float:
        return float((self.n if isinstance(self.n, int) else 1) * projection.pre.size)


class FixedNumberPreConnector(_FixedNumber, connectors.FixedNumberPreConnector):
    __doc__ = connectors.FixedNumberPreConnector.__doc__
    kind = "FixedNumberPre"

    def fits(self, projection: Any) -> bool:
        return self.with_replacement or self.n < projection.pre.size


class FixedTotalNumberConnector(_FixedNumber, connectors.FixedTotalNumberConnector):
    __doc__ = connectors.FixedTotalNumberConnector.__doc__
    kind = "FixedTotalNumber"

    def __init__(
        self,
        n: Any,
        allow_self_connections: bool = True,
        with_replacement: bool = True,
        location_selector: Any = None,
        rng: Any = None,
        safe: bool = True,
        callback: Any = None,
    ) -> None:
        super().__init__(n, allow_self_connections, with_replacement, location_selector, rng, safe, callback)

    def fits(self, projection: Any) -> bool:
        return bool(self.with_replacement)

    def estimate(self, projection: Any) -> float:
        return float(self.n) if isinstance(self.n, int) else 1.0


class FromListConnector(EngineConnector, connectors.FromListConnector):
    __doc__ = connectors.FromListConnector.__doc__

    def rows(self, projection: Any) -> tuple[np.ndarray, ...] | None:
        if set(self.column_names) - {"weight", "delay"}:
            return None
        if len(self.conn_list) == 0:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        table = np.asarray(self.conn_list, dtype=float)
        pre, post = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
        if pre.max() >= projection.pre.size or post.max() >= projection.post.size:
            return None
        columns: dict[str, Any] = {"weight": None, "delay": None}
        columns.update({name: table[:, 2 + place] for place, name in enumerate(self.column_names)})
        return pre, post, columns["weight"], columns["delay"]

    def estimate(self, projection: Any) -> float:
        return len(self.conn_list)


class FromFileConnector(EngineConnector, connectors.FromFileConnector):
    __doc__ = connectors.FromFileConnector.__doc__


class ArrayConnector(EngineConnector, connectors.ArrayConnector):
    __doc__ = connectors.ArrayConnector.__doc__

    def rows(self, projection: Any) -> tuple[np.ndarray, ...] | None:
        array = np.asarray(self.array).astype(bool)
        if array.shape != projection.shape:
            return None
        pre, post = np.nonzero(array)
        return pre, post


class SmallWorldConnector(EngineConnector, connectors.SmallWorldConnector):
    __doc__ = connectors.SmallWorldConnector.__doc__
    splits = True

    def __init__(
        self,
        degree: float,
        rewiring: float,
        allow_self_connections: bool = True,
        n_connections: Any = None,
        rng: Any = None,
        safe: bool = True,
        callback: Any = None,
    ) -> None:
        if n_connections is not None:
            raise UnsupportedError("n_connections", "the machine's SmallWorldConnector has no such argument")
        connectors.Connector.__init__(self, None, safe, callback)
        self.degree, self.rewiring, self.allow_self_connections = degree, rewiring, allow_self_connections
        self._given_seed = _with_seed(rng)

    def rule(self, projection: Any) -> dict[str, Any] | None:
        return {"type": "SmallWorld", "degree": float(self.degree), "rewiring": float(self.rewiring), **self._no_self()}

    def needs_space(self) -> bool:
        return True


__all__ = [
    "AllToAllConnector",
    "ArrayConnector",
    "CSAConnector",
    "CloneConnector",
    "DisplacementDependentProbabilityConnector",
    "DistanceDependentProbabilityConnector",
    "FixedNumberPostConnector",
    "FixedNumberPreConnector",
    "FixedProbabilityConnector",
    "FixedTotalNumberConnector",
    "FromFileConnector",
    "FromListConnector",
    "IndexBasedProbabilityConnector",
    "OneToOneConnector",
    "SmallWorldConnector",
]
