"""What sPyNNaker records and how it hands it out."""

from __future__ import annotations

from typing import Any

import neo
import numpy as np

from .. import neo_objects
from ..pynn import recording, simulator
from .exceptions import ConfigurationException


class Recorder(recording.Recorder):
    """T/dt samples, `all`, rewiring, and refusals by sPyNNaker's words."""

    samples_at_end = False

    def record(self, variables: Any, ids: Any, sampling_interval: Any = None, locations: Any = None) -> None:
        names = [variables] if isinstance(variables, str) else list(variables)
        if "all" in names:
            names = [name for name in self.population.celltype.recordable if name not in ("rewiring",)]
            names += ["rewiring"] if self._rewires() else []
            names = [name for name in names if name in _STANDARD or name not in self._states()]
        for name in names:
            if name not in self.population.celltype.recordable:
                raise ConfigurationException(f"Variable {name} is not supported by {self.population.label}")
        if sampling_interval is not None:
            steps = sampling_interval / simulator.state.dt
            if steps < 1 or abs(steps - round(steps)) > 1e-6:
                raise ConfigurationException(
                    f"sampling_interval {sampling_interval} is not an integer multiple of {simulator.state.dt}"
                )
        wanted = set(np.asarray(ids, dtype=np.int64).tolist())
        for variable in self._localize_variables(names, locations):
            self.recorded[variable] = self.recorded[variable] | wanted
            if sampling_interval is not None:
                self.intervals[variable.name] = float(sampling_interval)
            simulator.state.changed(f"recording of {variable.name} in {self.population.label}")

    def __init__(self, population: Any, file: Any = None) -> None:
        super().__init__(population, file)
        self._resets_before = simulator.state.segment_counter

    def get(self, variables: Any, gather: bool = False, filter_ids: Any = None, clear: bool = False,
            annotations: Any = None, locations: Any = None) -> neo.Block:  # fmt: skip
        block = super().get(variables, gather, filter_ids, clear, annotations, locations)
        # A population that came after a reset has empty segments for what was before, so that all count alike.
        block.segments = [neo.Segment(name=f"segment{n:03d}") for n in range(self._resets_before)] + block.segments
        return block

    def clear(self) -> None:
        """What there was is gone; segments of earlier runs stay, without data."""
        earlier = [self._emptied(segment) for segment in self.cache]
        super().clear()
        self.clear_flag = False
        for segment in earlier:
            self.cache.store(segment)

    def _emptied(self, segment: neo.Segment) -> neo.Segment:
        emptied = neo.Segment(name=segment.name, description=segment.description, rec_datetime=segment.rec_datetime)
        emptied.spiketrains = neo_objects.NoTrains(parent=emptied)
        if len(segment.spiketrains):
            wanted, end = np.asarray(segment.spiketrains.all_channel_ids), float(segment.spiketrains.t_stop)
            first, label = int(self.population.first_id), self.population.label
            nothing = np.empty(0), np.empty(0, np.int64)
            emptied.spiketrains = neo_objects.spike_train_list(*nothing, wanted, end, end, label, first)
        for signal in segment.analogsignals:
            emptied.analogsignals.append(signal[:0])
        return emptied

    def _trains(self, recorded: np.ndarray, filter_ids: Any) -> np.ndarray:
        """Trains there are of all neurons asked for, empty ones of those not recorded."""
        first = int(self.population.first_id)
        return np.arange(self.population.size) if filter_ids is None else np.sort(np.asarray(filter_ids, int)) - first

    def _states(self) -> set[str]:
        return set(self.population.celltype.default_initial_values)

    def _rewires(self) -> bool:
        return any(hasattr(p.synapse_type, "structure") and p.post is self.population
                   for p in simulator.state.projections)  # fmt: skip

    def spike_data(self) -> tuple[np.ndarray, np.ndarray]:
        times, neurons = super().spike_data()
        interval = self.intervals.get("spikes")
        if interval:
            # Spikes are written at the next sample; those after the last one of a run never are.
            times = np.ceil(np.round(times / interval, 9)) * interval
            inside = times < simulator.state.t
            times, neurons = times[inside], neurons[inside]
        return times, neurons

    def check(self, variables: Any) -> Any:
        """The variables asked for, all of which have to be recorded."""
        names = [variables] if isinstance(variables, str) else list(variables)
        if "all" in names:
            return "all"
        for name in names:
            if name not in self.names and not self._earlier(name):
                raise ConfigurationException(f"This population has no recording of {name}: recorded are {self.names}")
        return names

    def _earlier(self, name: str) -> bool:
        return any(
            len(segment.spiketrains) if name == "spikes" else segment.filter(name=name) for segment in self.cache
        )

    def _get_current_segment(self, filter_ids: Any = None, variables: Any = "all", clear: bool = False) -> neo.Segment:
        rewiring = [key for key in self.recorded if key.name == "rewiring"]
        kept = {key: self.recorded.pop(key) for key in rewiring}
        try:
            segment = super()._get_current_segment(filter_ids, variables, clear)
        finally:
            self.recorded.update(kept)
        if kept and (variables == "all" or any(v.name == "rewiring" for v in variables)):
            segment.events.extend(self._rewiring())
        return segment

    def _rewiring(self) -> list[neo.Event]:
        forms: dict[bool, list[tuple[float, str]]] = {True: [], False: []}
        for time, source, target, formed in self.rewired():
            word = "formation" if formed else "elimination"
            forms[bool(formed)].append((time, f"{int(source)}_{int(target)}_{word}"))
        events = []
        for formed, name in ((True, "rewiring_form"), (False, "rewiring_elim")):
            rows = sorted(forms[formed])
            events.append(
                neo.Event(
                    np.asarray([row[0] for row in rows]),
                    labels=np.asarray([row[1] for row in rows], dtype="U"),
                    units="ms",
                    name=name,
                    description="Synapse formation" if formed else "Synapse elimination",
                )
            )
        return events

    def rewired(self) -> list[Any]:
        """Time, source, target and whether it formed, of every synapse onto this population that came or went."""
        state = simulator.state
        rows: list[Any] = []
        if state.session is not None and state.steps:
            for projection in state.projections:
                if hasattr(projection.synapse_type, "structure") and projection.post is self.population:
                    found = state.session.rewiring(state.document.names[projection])
                    rows.extend(found.tolist() if found is not None else [])
        return [row for row in rows if row[0] >= float(self._recording_start_time)]

    def _signal(self, name: str, neurons: np.ndarray) -> neo.AnalogSignal:
        if name != "packets-per-timestep":
            return super()._signal(name, neurons)
        report = self.samples(name)
        import quantities as pq

        return neo_objects.analog_signal(
            report.values, "dimensionless", report.start * pq.ms, report.interval * pq.ms, name, report.neurons,
            report.neurons, self.population.label,
        )  # fmt: skip

    def array(self, variable: str, as_matrix: bool, indexes: Any) -> np.ndarray:
        """Rows of (neuron, time) of spikes; rows of (neuron, time, value) or a matrix [samples, neurons] else."""
        self.check(variable)
        neurons = self.neurons(variable)
        if indexes is not None:
            neurons = np.asarray([n for n in np.atleast_1d(indexes) if n in set(neurons.tolist())], dtype=np.int64)
        if variable == "rewiring":
            return np.asarray([[r[0], r[1], r[2], r[3]] for r in self.rewired()], dtype=float).reshape(-1, 4)
        if variable == "spikes":
            times, spiking = self.spike_data()
            inside = np.isin(spiking, neurons)
            times, spiking = times[inside], spiking[inside]
            order = np.lexsort((times, spiking))
            return np.column_stack((spiking[order], times[order]))
        report = self.samples(variable)
        columns = np.arange(report.values.shape[1])
        if variable != "packets-per-timestep":
            columns = np.searchsorted(report.neurons, neurons)
        values = report.values[:, columns].astype(float)
        if as_matrix:
            return values
        times = report.start + report.interval * np.arange(len(values))
        ids = report.neurons[columns]
        return np.column_stack((np.repeat(ids, len(times)), np.tile(times, len(ids)), values.T.ravel()))

    def count(self, variable: str, gather: bool = True, filter_ids: Any = None) -> dict[int, int]:
        if variable not in self.names:
            raise ConfigurationException(f"This population has no recording of {variable}")
        first = int(self.population.first_id)
        return {key - first: value for key, value in super().count(variable, gather, filter_ids).items()}


_STANDARD = {"v", "gsyn_exc", "gsyn_inh", "spikes", "packets-per-timestep", "rewiring"}
