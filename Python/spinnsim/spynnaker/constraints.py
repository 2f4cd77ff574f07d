"""Constraints of placement by name: the mapping finds its own places, and none of these has an effect."""

from __future__ import annotations

from typing import Any


class AbstractConstraint:
    """What the mapping is asked to heed."""

    def __init__(self, *_: Any, **__: Any) -> None:
        """Taken, and left."""


class ChipAndCoreConstraint(AbstractConstraint):
    """A chip, and perhaps a core."""


class BoardConstraint(AbstractConstraint):
    """A board."""


class RadialPlacementFromChipConstraint(AbstractConstraint):
    """Chips around a chip."""


class SameChipAsConstraint(AbstractConstraint):
    """The chip of another."""


class MaxVertexAtomsConstraint(AbstractConstraint):
    """Neurons of a core."""


class FixedVertexAtomsConstraint(AbstractConstraint):
    """Neurons of each core."""


class SameAtomsAsVertexConstraint(AbstractConstraint):
    """As many neurons on a core as those of another."""


__all__ = [
    "AbstractConstraint", "BoardConstraint", "ChipAndCoreConstraint", "FixedVertexAtomsConstraint",
    "MaxVertexAtomsConstraint", "RadialPlacementFromChipConstraint", "SameAtomsAsVertexConstraint",
    "SameChipAsConstraint",
]  # fmt: skip
