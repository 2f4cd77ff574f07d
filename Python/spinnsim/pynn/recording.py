"""What was recorded, as Neo objects."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import neo
import numpy as np
import quantities as pq
from neo.core.spiketrainlist import SpikeTrainList

from pyNN import errors, recording

from ..neo_objects import NoTrains, analog_signal, spike_train_list
from ..results import Report
from . import simulator

_UNITS = {"v": "mV", "spikes": "dimensionless", "packets-per-timestep": "dimensionless"}


class Recorder(recording.Recorder):
    """What one population records."""

    _simulator = simulator
    samples_at_end = True

    def __init__(self, population: Any, file: Any = None) -> None:
        super().__init__(population, file)
        self.intervals: dict[str, float] = {}
        self._kept: dict[str, Any] = {}

    def _record(self, variable: Any, new_ids: set[int], sampling_interval: float | None = None) -> None:
        if sampling_interval is not None:
            self.sampling_interval = sampling_interval
            self.intervals[variable.name] = sampling_interval
        simulator.state.changed(f"recording of {variable.name} in {self.population.label}")

    def _reset(self) -> None:
        if self.recorded:
            simulator.state.changed(f"recording in {self.population.label}")
        self.intervals = {}

    def _clear_simulator(self) -> None:
        """Recordings before this are left out from here on (`_recording_start_time`)."""

    def neurons(self, variable: str) -> np.ndarray:
        """Indices of the neurons that `variable` is recorded of, ascending."""
        for key, ids in self.recorded.items():
            if key.name == variable:
                return np.sort(np.fromiter((int(cell) for cell in ids), np.int64, len(ids))) - int(
                    self.population.first_id
                )
        return np.empty(0, np.int64)

    @property
    def names(self) -> list[str]:
        """Variables that are recorded of some neuron."""
        return [key.name for key, ids in self.recorded.items() if ids]

    def _wanted(self, variable: str, filter_ids: Any) -> np.ndarray:
        neurons = self.neurons(variable)
        if filter_ids is not None:
            neurons = neurons[np.isin(neurons, np.asarray(filter_ids, dtype=np.int64) - int(self.population.first_id))]
        return neurons

    def spike_data(self) -> tuple[np.ndarray, np.ndarray]:
        """Times (ms) and neurons of all spikes of this segment, from where recording starts."""
        if "spikes" in self._kept:
            return self._kept["spikes"]
        state = simulator.state
        given = self.population.celltype.exact_times(self.population, state.t)
        if given is not None:
            times, neurons = given
        else:
            if state.session is None or not state.steps:
                return np.empty(0), np.empty(0, np.int64)
            times, neurons = state.session.spikes(state.document.names[self.population])
        start = float(self._recording_start_time)
        if start > 0:
            times, neurons = times[times >= start], neurons[times >= start]
        return times, neurons

    def samples(self, variable: str) -> Report:
        """Samples of a variable of this segment, from where recording starts, with that of now where asked."""
        if variable in self._kept:
            return self._kept[variable]
        state = simulator.state
        columns = self.neurons(variable)
        interval = self.intervals.get(variable, state.dt)
        name = state.document.names[self.population] if state.document else ""
        report = state.session.report(name, variable) if state.session is not None and state.steps else None
        if report is None:
            report = Report(np.empty((0, len(columns)), np.float32), columns, 0.0, interval, self._units(variable))
        values = report.values
        start = float(self._recording_start_time)
        skipped = int(round(start / interval))
        if skipped:
            values = values[skipped:]
        if (
            self.samples_at_end
            and state.session is not None
            and abs(state.t / interval - round(state.t / interval)) < 1e-9
        ):
            last = self._now(name, variable, report.neurons)
            if last is not None:
                values = np.concatenate([values, last[None, :]])
        return Report(values, report.neurons, start, interval, self._units(variable))

    def _now(self, name: str, variable: str, neurons: np.ndarray) -> np.ndarray | None:
        values = simulator.state.state_of(name, self.population, variable)
        return None if values is None else values[neurons].astype(np.float32)

    def _units(self, variable: str) -> str:
        return self.population.celltype.units.get(variable, _UNITS.get(variable, "dimensionless"))

    def keep(self) -> None:
        """Takes the present segment out of the engine, which is about to end."""
        if simulator.state.running and simulator.state.session is not None:
            kept: dict[str, Any] = {
                name: self.spike_data() if name == "spikes" else self.samples(name) for name in self.names
            }
            self._kept = kept

    def _get_current_segment(self, filter_ids: Any = None, variables: Any = "all", clear: bool = False) -> neo.Segment:
        state = simulator.state
        segment = neo.Segment(
            name=f"segment{state.segment_counter:03d}",
            description=self.population.describe(),
            rec_datetime=datetime.now(),
        )
        segment.spiketrains = NoTrains(parent=segment)
        names = self.names if variables == "all" else [v.name for v in self.recorded if v in set(variables)]
        for name in names:
            neurons = self._wanted(name, filter_ids)
            if name == "spikes":
                times, spiking = self.spike_data()
                inside = np.isin(spiking, neurons)
                times, spiking = times[inside], spiking[inside]
                neurons = self._trains(neurons, filter_ids)
                segment.spiketrains = spike_train_list(
                    times,
                    spiking,
                    neurons,
                    float(self._recording_start_time),
                    state.t,
                    self.population.label,
                    int(self.population.first_id),
                )
                segment.spiketrains.segment = segment
            else:
                signal = self._signal(name, neurons)
                signal.segment = segment
                segment.analogsignals.append(signal)
        return segment

    def _trains(self, recorded: np.ndarray, filter_ids: Any) -> np.ndarray:
        """Neurons that there are trains of."""
        return recorded

    def _signal(self, name: str, neurons: np.ndarray) -> neo.AnalogSignal:
        report = self.samples(name)
        columns = np.searchsorted(report.neurons, neurons)
        return analog_signal(
            report.values[:, columns],
            report.units,
            report.start * pq.ms,
            report.interval * pq.ms,
            name,
            neurons + int(self.population.first_id),
            neurons,
            self.population.label,
        )

    def _local_count(self, variable: Any, filter_ids: Any = None) -> dict[int, int]:
        neurons = self._wanted("spikes", filter_ids)
        _, spiking = self.spike_data()
        counts = np.bincount(spiking, minlength=self.population.size)
        return {int(n) + int(self.population.first_id): int(counts[n]) for n in neurons}

    def store_to_cache(self, annotations: Any = None) -> None:
        super().store_to_cache(annotations)
        self._kept = {}

    def clear(self) -> None:
        super().clear()
        self._kept = {}

    def get(
        self,
        variables: Any,
        gather: bool = False,
        filter_ids: Any = None,
        clear: bool = False,
        annotations: Any = None,
        locations: Any = None,
    ) -> neo.Block:
        if not self.recorded and not list(self.cache):
            raise errors.NothingToWriteError("No variables recorded; call record() before run()")
        localized = "all" if variables == "all" else self._localize_variables(variables, locations)
        names = None if localized == "all" else {variable.name for variable in localized}
        block = neo.Block(name=self.population.label, description=self.population.describe())
        segments = [self._part(segment, names, filter_ids) for segment in self.cache]
        if simulator.state.running:
            segments.append(self._get_current_segment(filter_ids, localized, clear))
        block.segments.extend(segments)
        for segment in segments:
            segment.block = block
        block.rec_datetime = segments[0].rec_datetime if segments else datetime.now()
        block.annotate(**self.metadata)
        block.annotate(**(annotations or {}))
        if clear:
            self.clear()
        return block

    def _part(self, segment: neo.Segment, names: set[str] | None, filter_ids: Any) -> neo.Segment:
        """What an earlier segment has of some variables (nothing: all) and neurons."""
        if names is None and filter_ids is None:
            return segment
        part = neo.Segment(
            name=segment.name, description=segment.description, rec_datetime=segment.rec_datetime, **segment.annotations
        )
        first = int(self.population.first_id)
        wanted = None if filter_ids is None else np.sort(np.asarray(filter_ids, np.int64)) - first
        part.spiketrains = NoTrains(parent=part)
        if (names is None or "spikes" in names) and len(segment.spiketrains):
            part.spiketrains = _some_trains(segment.spiketrains, wanted, self.population.label, first)
        for signal in segment.analogsignals:
            if names is None or signal.name in names:
                columns = signal.annotations["channel_names"]
                part.analogsignals.append(signal if wanted is None else _some_columns(signal, np.isin(columns, wanted)))
        if names is None or "rewiring" in names:
            part.events.extend(list(segment.events))
        return part


def _some_trains(trains: SpikeTrainList, wanted: np.ndarray | None, label: str, first_id: int) -> SpikeTrainList:
    if wanted is None:
        return trains
    neurons, times = trains.multiplexed
    there = np.asarray(trains.all_channel_ids)
    start, stop = float(trains.t_start), float(trains.t_stop)
    return spike_train_list(
        np.asarray(times, float), np.asarray(neurons), wanted[np.isin(wanted, there)], start, stop, label, first_id
    )


def _some_columns(signal: neo.AnalogSignal, chosen: np.ndarray) -> neo.AnalogSignal:
    annotations = signal.annotations
    return analog_signal(
        np.asarray(signal.magnitude)[:, chosen],
        signal.dimensionality.string,
        signal.t_start,
        signal.sampling_period,
        signal.name,
        annotations["source_ids"][chosen],
        annotations["channel_names"][chosen],
        annotations["source_population"],
    )
