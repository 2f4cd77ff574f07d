"""One connection of a projection, and the parts that a projection has in the topology."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pyNN import common


@dataclass
class Part:
    """An entry of the topology: synapses between two populations, and which neurons of theirs take part."""

    entry: dict[str, Any]
    pre: tuple[Any, np.ndarray | None, int]
    post: tuple[Any, np.ndarray | None, int]


class Connection(common.Connection):
    """One synapse of a projection, as it is."""

    def __init__(self, projection: Any, place: int) -> None:
        self.projection = projection
        self.place = place

    @property
    def presynaptic_index(self) -> int:
        return int(self.projection.edges().source[self.place])

    @property
    def postsynaptic_index(self) -> int:
        return int(self.projection.edges().target[self.place])

    @property
    def presynaptic_cell(self) -> Any:
        return self.projection.pre[self.presynaptic_index]

    @property
    def postsynaptic_cell(self) -> Any:
        return self.projection.post[self.postsynaptic_index]

    @property
    def weight(self) -> float:
        return float(self.projection.values("weight")[self.place])

    @weight.setter
    def weight(self, value: float) -> None:
        weights = np.array(self.projection.values("weight"))
        weights[self.place] = value
        self.projection.put("weight", weights)

    @property
    def delay(self) -> float:
        return float(self.projection.values("delay")[self.place])

    @delay.setter
    def delay(self, value: float) -> None:
        delays = np.array(self.projection.values("delay"))
        delays[self.place] = value
        self.projection.put("delay", delays)

    def as_tuple(self, *names: str) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in names)


def members(of: Any) -> list[tuple[Any, np.ndarray | None, int]]:
    """What a population, view or assembly is of: populations, which neurons (nothing: all), and where they begin."""
    found = []
    start = 0
    for part in getattr(of, "populations", [of]):
        whole = part._whole()
        neurons = None if part is whole else part.neurons()
        found.append((whole, neurons, start))
        start += part.size
    return found
