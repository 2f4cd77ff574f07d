"""Neo objects of arrays: trains of many neurons at once, signals with the annotations of both generations of Neo."""

from __future__ import annotations

from typing import Any

import neo
import numpy as np
import quantities as pq
from neo.core.spiketrainlist import SpikeTrainList


class NoTrains(SpikeTrainList):
    """The trains of a segment without recorded spikes, which scripts compare with an empty list."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, list) and len(other) == len(self) == 0)


def spike_train_list(
    times: np.ndarray, neurons: np.ndarray, wanted: np.ndarray, start: float, stop: float, label: str, first_id: int
) -> SpikeTrainList:
    """Trains of the neurons `wanted`, in their order, made at once."""
    inside = np.isin(neurons, wanted) if len(wanted) else np.zeros(len(neurons), bool)
    trains = SpikeTrainList.from_spike_time_array(
        times[inside] * pq.ms,
        neurons[inside],
        all_channel_ids=np.asarray(wanted),
        t_stop=stop * pq.ms,
        units="ms",
        t_start=start * pq.ms,
        source_population=label,
        source_id=np.asarray(wanted) + first_id,
        source_index=np.asarray(wanted),
    )
    return trains


def analog_signal(
    values: np.ndarray,
    units: str,
    start: Any,
    interval: Any,
    name: str,
    ids: np.ndarray,
    indices: np.ndarray,
    label: str,
) -> neo.AnalogSignal:
    """A signal with the annotations of both generations of Neo."""
    return neo.AnalogSignal(
        values,
        units=units if units and units != "unknown" else "dimensionless",
        t_start=start,
        sampling_period=interval,
        name=name,
        source_population=label,
        source_ids=np.asarray(ids),
        channel_ids=np.asarray(ids),
        channel_names=np.asarray(indices),
        array_annotations={"channel_index": np.asarray(indices)},
    )
