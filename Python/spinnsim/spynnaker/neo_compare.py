"""Comparison of Neo objects, as sPyNNaker's module of this name does it: raises `AssertionError` at a difference."""

from __future__ import annotations

from typing import Any

import numpy as np


def compare_spiketrain(spiketrain1: Any, spiketrain2: Any, same_length: bool = True) -> None:
    """The same neuron and the same times, as far as both go unless `same_length`."""
    if spiketrain1.annotations["source_index"] != spiketrain2.annotations["source_index"]:
        raise AssertionError("Different Source Index")
    if same_length and len(spiketrain1) != len(spiketrain2):
        raise AssertionError(f"spiketrains of {len(spiketrain1)} and {len(spiketrain2)} spikes")
    count = min(len(spiketrain1), len(spiketrain2))
    if not np.array_equal(np.asarray(spiketrain1[:count]), np.asarray(spiketrain2[:count])):
        raise AssertionError("spiketrains with different times")


def compare_spiketrains(spiketrains1: Any, spiketrains2: Any, same_data: bool = True, same_length: bool = True) -> None:
    """Trains one by one."""
    if not same_data and (len(spiketrains1) == 0 or len(spiketrains2) == 0):
        return
    if len(spiketrains1) != len(spiketrains2):
        raise AssertionError(f"{len(spiketrains1)} and {len(spiketrains2)} spiketrains")
    for first, second in zip(spiketrains1, spiketrains2, strict=True):
        compare_spiketrain(first, second, same_length)


def compare_analogsignal(as1: Any, as2: Any, same_length: bool = True) -> None:
    """The same neurons, times and values, as far as both go unless `same_length`."""
    if not np.array_equal(as1.array_annotations["channel_index"], as2.array_annotations["channel_index"]):
        raise AssertionError("Different channel_index")
    if same_length and len(as1) != len(as2):
        raise AssertionError(f"signals of {len(as1)} and {len(as2)} samples")
    count = min(len(as1), len(as2))
    if not np.array_equal(np.asarray(as1.times[:count]), np.asarray(as2.times[:count])):
        raise AssertionError("signals with different times")
    if not np.array_equal(np.asarray(as1.magnitude[:count]), np.asarray(as2.magnitude[:count])):
        raise AssertionError("signals with different values")


def compare_segments(seg1: Any, seg2: Any, same_data: bool = True, same_length: bool = True) -> None:
    """Spikes and signals of both."""
    compare_spiketrains(seg1.spiketrains, seg2.spiketrains, same_data, same_length)
    names1 = {signal.name: signal for signal in seg1.analogsignals}
    names2 = {signal.name: signal for signal in seg2.analogsignals}
    if same_data and names1.keys() != names2.keys():
        raise AssertionError(f"Data has {sorted(names1)} and {sorted(names2)}")
    for name in names1.keys() & names2.keys():
        compare_analogsignal(names1[name], names2[name], same_length)


def compare_blocks(
    neo1: Any, neo2: Any, same_runs: bool = True, same_data: bool = True, same_length: bool = True
) -> None:
    """Segments one by one."""
    if same_runs and len(neo1.segments) != len(neo2.segments):
        raise AssertionError(f"Block1 has {len(neo1.segments)} segments and block2 {len(neo2.segments)}")
    for first, second in zip(neo1.segments, neo2.segments, strict=False):
        compare_segments(first, second, same_data, same_length)
