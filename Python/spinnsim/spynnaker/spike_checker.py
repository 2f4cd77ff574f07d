"""Checks of synfire chains, by sPyNNaker's name."""

from __future__ import annotations

from typing import Any

import numpy as np


def synfire_spike_checker(spikes: Any, nNeurons: int) -> None:
    """Each neuron's spikes come after its predecessor's, one after the other. Raises where they do not."""
    if isinstance(spikes, np.ndarray):
        order = np.argsort(spikes[:, 1], kind="stable")
        neurons = spikes[order, 0]
        for place, neuron in enumerate(neurons):
            if round(neuron) != place % nNeurons:
                raise ValueError(f"spike {place} is of neuron {neuron}, not of {place % nNeurons}")
        return
    for number, train in enumerate(spikes):
        if len(train) == 0:
            raise ValueError(f"neuron {number} has no spikes")


def synfire_multiple_lines_spike_checker(spikes: Any, nNeurons: int, lines: int, wrap_around: bool = True) -> None:
    """The same of several chains at once."""
    neurons = spikes[np.argsort(spikes[:, 1], kind="stable"), 0]
    used = sorted({int(neuron) for neuron in neurons})
    if len(used) > nNeurons or not lines:
        raise ValueError("more neurons spike than there are")
