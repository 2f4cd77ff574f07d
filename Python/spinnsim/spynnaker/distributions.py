"""Random distributions: PyNN's, and the clipped exponential."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyNN.random import NumpyRNG

from pyNN import random


class RandomDistribution(random.RandomDistribution):
    """PyNN's, which knows `exponential_clipped` too."""

    def __init__(self, distribution: str, parameters_pos: Any = None, rng: Any = None, **parameters_named: Any) -> None:
        self._clip: tuple[float, float] | None = None
        if distribution == "exponential_clipped":
            given = dict(zip(("beta", "low", "high"), parameters_pos or (), strict=False), **parameters_named)
            self._clip = float(given["low"]), float(given["high"])
            super().__init__("exponential", rng=rng, beta=given["beta"])
            self.name = distribution
            self.parameters = given
        else:
            super().__init__(distribution, parameters_pos, rng, **parameters_named)

    def next(self, n: Any = None, mask: Any = None) -> Any:
        if self._clip is None:
            return super().next(n, mask)
        low, high = self._clip
        count = 1 if n is None else n
        found = np.empty(0)
        while len(found) < count:
            drawn = self.rng.next(max(count, 16), "exponential", {"beta": self.parameters["beta"]})
            found = np.concatenate([found, drawn[(drawn >= low) & (drawn <= high)]])
        values = found[:count]
        return float(values[0]) if n is None else (values if mask is None else values[mask])


__all__ = ["NumpyRNG", "RandomDistribution"]
