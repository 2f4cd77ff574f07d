"""Neo objects as arrays of (neuron, time, value), as sPyNNaker's module of this name hands them out."""

from __future__ import annotations

from typing import Any

import numpy as np
import quantities as pq


def convert_analog_signal(signal_array: Any, time_unit: Any = pq.ms) -> np.ndarray:
    """Rows of neuron, time, value, neuron by neuron."""
    ids = np.asarray(signal_array.array_annotations.get("channel_index", signal_array.annotations.get("channel_ids")))
    times = np.asarray(signal_array.times.rescale(time_unit).magnitude)
    values = np.asarray(signal_array.magnitude)
    return np.column_stack((np.repeat(ids, len(times)), np.tile(times, len(ids)), values.T.ravel()))


def convert_data(data: Any, name: str, run: int = 0) -> np.ndarray:
    """A variable of one segment as rows."""
    if len(data.segments) <= run:
        raise ValueError(f"Data only contains {len(data.segments)} so there is no run {run}")
    if name == "all":
        raise ValueError("Unable to convert all data in one go as result would be comparing apples and oranges.")
    if name == "spikes":
        return convert_spikes(data, run)
    return convert_analog_signal(data.segments[run].filter(name=name)[0])


def convert_data_list(data: Any, name: str, runs: Any = None) -> list[np.ndarray]:
    """A variable of several segments (nothing: all)."""
    return [convert_data(data, name, run) for run in (range(len(data.segments)) if runs is None else runs)]


def convert_v_list(data: Any, runs: Any = None) -> list[np.ndarray]:
    """Potentials of several segments."""
    return convert_data_list(data, "v", runs)


def convert_gsyn_exc_list(data: Any, runs: Any = None) -> list[np.ndarray]:
    """Excitatory input of several segments."""
    return convert_data_list(data, "gsyn_exc", runs)


def convert_gsyn_inh_list(data: Any, runs: Any = None) -> list[np.ndarray]:
    """Inhibitory input of several segments."""
    return convert_data_list(data, "gsyn_inh", runs)


def convert_gsyn(gsyn_exc: Any, gsyn_inh: Any) -> np.ndarray:
    """Rows of neuron, time, excitatory and inhibitory input of the first segments."""
    excitatory, inhibitory = convert_data(gsyn_exc, "gsyn_exc"), convert_data(gsyn_inh, "gsyn_inh")
    if excitatory.shape != inhibitory.shape or not np.allclose(excitatory[:, :2], inhibitory[:, :2]):
        raise ValueError("neurons or times of gsyn_exc and gsyn_inh do not match")
    return np.column_stack((excitatory, inhibitory[:, 2]))


def convert_spiketrains(spiketrains: Any) -> np.ndarray:
    """Rows of neuron and time."""
    if len(spiketrains) == 0:
        return np.empty((0, 2))
    neurons = np.concatenate([np.full(len(train), train.annotations["source_index"]) for train in spiketrains])
    return np.column_stack((neurons, np.concatenate([np.asarray(train.magnitude) for train in spiketrains])))


def convert_spikes(neo: Any, run: int = 0) -> np.ndarray:
    """Spikes of one segment as rows of neuron and time."""
    if len(neo.segments) <= run:
        raise ValueError(f"Data only contains {len(neo.segments)} so there is no run {run}")
    return convert_spiketrains(neo.segments[run].spiketrains)


def count_spiketrains(spiketrains: Any) -> int:
    """Spikes of all trains."""
    return sum(len(train) for train in spiketrains)


def count_spikes(neo: Any) -> int:
    """Spikes of the first segment."""
    return count_spiketrains(neo.segments[0].spiketrains)
