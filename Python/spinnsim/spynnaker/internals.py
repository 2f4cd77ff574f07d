"""Functions and classes of sPyNNaker's insides that scripts import."""

from __future__ import annotations

import math
from typing import Any

from .synapses import Neuromodulation as SynapseDynamicsNeuromodulation
from .synapses import StaticSynapse as SynapseDynamicsStatic
from .synapses import STDPMechanism as SynapseDynamicsSTDP
from .synapses import WeightChangeable as SynapseDynamicsWeightChangeable
from .synapses import WeightChanger as SynapseDynamicsWeightChanger


def _differences(pre_spikes: Any, post_spikes: Any, delay: float) -> tuple[list[float], list[float]]:
    """
    How far the target's delayed spikes are behind, and ahead of, the source's, ms.

    A synapse learns when its source spikes: nothing after the last of these counts.
    """
    sources = [float(time) for time in pre_spikes]
    targets = [float(time) for time in post_spikes if sources and time < sources[-1] - delay]
    behind = [target + delay - source for target in targets for source in sources[:-1] if target + delay > source]
    ahead = [source - target - delay for target in targets for source in sources if target + delay < source]
    return behind, ahead


def calculate_spike_pair_additive_stdp_weight(
    pre_spikes: Any, post_spikes: Any, initial_weight: float, plastic_delay: float, a_plus: float, a_minus: float,
    tau_plus: float, tau_minus: float,
) -> float:  # fmt: skip
    """The weight after all pairs of spikes (ms) of an additive rule whose delay is the target's."""
    behind, ahead = _differences(pre_spikes, post_spikes, plastic_delay)
    potentiation = a_plus * sum(math.exp(-time / tau_plus) for time in behind)
    return initial_weight + potentiation - a_minus * sum(math.exp(-time / tau_minus) for time in ahead)


def calculate_spike_pair_multiplicative_stdp_weight(
    pre_spikes: Any, post_spikes: Any, initial_weight: float, plastic_delay: float, min_weight: float,
    max_weight: float, a_plus: float, a_minus: float, tau_plus: float, tau_minus: float,
) -> float:  # fmt: skip
    """The weight after all pairs of spikes (ms) of a multiplicative rule, to first order in the amplitudes."""
    behind, ahead = _differences(pre_spikes, post_spikes, plastic_delay)
    up = (max_weight - initial_weight) * a_plus * sum(math.exp(-time / tau_plus) for time in behind)
    down = (initial_weight - min_weight) * a_minus * sum(math.exp(-time / tau_minus) for time in ahead)
    return initial_weight + up - down


__all__ = [
    "SynapseDynamicsNeuromodulation", "SynapseDynamicsSTDP", "SynapseDynamicsStatic",
    "SynapseDynamicsWeightChangeable", "SynapseDynamicsWeightChanger", "calculate_spike_pair_additive_stdp_weight",
    "calculate_spike_pair_multiplicative_stdp_weight",
]  # fmt: skip
