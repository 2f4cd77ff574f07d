"""Functions and classes of sPyNNaker's insides that scripts import."""

from __future__ import annotations

import math
from typing import Any

from .synapses import Neuromodulation as SynapseDynamicsNeuromodulation
from .synapses import StaticSynapse as SynapseDynamicsStatic
from .synapses import STDPMechanism as SynapseDynamicsSTDP
from .synapses import WeightChangeable as SynapseDynamicsWeightChangeable
from .synapses import WeightChanger as SynapseDynamicsWeightChanger


def calculate_spike_pair_additive_stdp_weight(
    pre_spikes: Any, post_spikes: Any, initial_weight: float, plastic_delay: float, a_plus: float, a_minus: float,
    tau_plus: float, tau_minus: float,
) -> float:  # fmt: skip
    """The weight after all pairs of spikes (ms) of an additive rule whose delay is the target's."""
    potentiation = depression = 0.0
    for pre in pre_spikes:
        for post in post_spikes:
            difference = (post + plastic_delay) - pre
            if difference < 0:
                depression += a_minus * math.exp(difference / tau_minus)
            elif difference > 0:
                potentiation += a_plus * math.exp(-difference / tau_plus)
    return initial_weight + potentiation - depression


def calculate_spike_pair_multiplicative_stdp_weight(
    pre_spikes: Any, post_spikes: Any, initial_weight: float, plastic_delay: float, min_weight: float,
    max_weight: float, a_plus: float, a_minus: float, tau_plus: float, tau_minus: float,
) -> float:  # fmt: skip
    """The weight after all pairs of spikes (ms) of a multiplicative rule whose delay is the target's."""
    weight = initial_weight
    for pre in pre_spikes:
        for post in post_spikes:
            difference = (post + plastic_delay) - pre
            if difference < 0:
                weight -= (weight - min_weight) * a_minus * math.exp(difference / tau_minus)
            elif difference > 0:
                weight += (max_weight - weight) * a_plus * math.exp(-difference / tau_plus)
    return weight


__all__ = [
    "SynapseDynamicsNeuromodulation", "SynapseDynamicsSTDP", "SynapseDynamicsStatic",
    "SynapseDynamicsWeightChangeable", "SynapseDynamicsWeightChanger", "calculate_spike_pair_additive_stdp_weight",
    "calculate_spike_pair_multiplicative_stdp_weight",
]  # fmt: skip
