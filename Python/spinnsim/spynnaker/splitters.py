"""Splitters by name: cores are cut by the mapping; of these only the number of synapse cores counts."""

from __future__ import annotations

from typing import Any


class _Splitter:
    n_synapse_cores: int | None = None

    def __init__(self, *_: Any, **__: Any) -> None:
        """Taken, and left."""


class SplitterAbstractPopulationVertexFixed(_Splitter):
    """Neurons and synapses on one core."""


class SplitterAbstractPopulationVertexNeuronsSynapses(_Splitter):
    """Neurons and synapses on cores of their own."""

    def __init__(self, n_synapse_vertices: int = 1, *_: Any, **__: Any) -> None:
        self.n_synapse_cores = int(n_synapse_vertices)


class SplitterPopulationVertexFixed(SplitterAbstractPopulationVertexFixed):
    """The same by its later name."""


class SplitterPopulationVertexNeuronsSynapses(SplitterAbstractPopulationVertexNeuronsSynapses):
    """The same by its later name."""


class SplitterPoissonDelegate(_Splitter):
    """Poisson sources."""


class SplitterAbstractPopulationVertexSlice(SplitterAbstractPopulationVertexFixed):
    """The same by an earlier name."""


class SplitterSliceLegacy(_Splitter):
    """Anything."""


class SplitterDelayVertexSlice(_Splitter):
    """Delays."""


class SpynnakerSplitterSelector(_Splitter):
    """Which splitter."""
