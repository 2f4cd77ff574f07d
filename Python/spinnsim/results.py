"""Results of a run as arrays, tables and Neo blocks. Needs no engine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

if TYPE_CHECKING:
    import neo
    import pandas


@dataclass(frozen=True)
class Report:
    """Samples of a variable: `values` [samples, columns], `neurons` [columns], `start` and `interval` in ms."""

    values: np.ndarray
    neurons: np.ndarray
    start: float
    interval: float
    units: str


@dataclass(frozen=True)
class Edges:
    """Synapses of a projection, an array each [synapses]: indices, nA or µS, ms."""

    source: np.ndarray
    target: np.ndarray
    weight: np.ndarray
    delay: np.ndarray

    def __len__(self) -> int:
        return len(self.source)

    def as_records(self) -> np.ndarray:
        """The same as a record array with fields `source`, `target`, `weight`, `delay`."""
        return np.rec.fromarrays(
            [self.source, self.target, self.weight, self.delay], names="source,target,weight,delay"
        )


def read_spikes(path: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Times [spikes] in ms and neuron indices [spikes] of every recorded population of a SONATA file."""
    if not path.exists():
        return {}
    with h5py.File(path, "r") as file:
        return {
            name: (np.asarray(group["timestamps"]), np.asarray(group["node_ids"]).astype(np.int64))
            for name, group in file.get("spikes", {}).items()
        }


def read_report(path: Path) -> Report:
    """A SONATA frame report."""
    with h5py.File(path, "r") as file:
        (group,) = file["report"].values()
        start, _, interval = (float(x) for x in group["mapping/time"])
        return Report(
            np.asarray(group["data"]),
            np.asarray(group["mapping/node_ids"]).astype(np.int64),
            start,
            interval,
            str(group["data"].attrs.get("units", "")),
        )


def read_edges(path: Path, pending: bool = False) -> Edges:
    """SONATA edges with weights and delays; with `pending`, weights that include changes that wait for a spike."""
    with h5py.File(path, "r") as file:
        (group,) = file["edges"].values()
        values = group["0"]
        name = "syn_weight_pending" if pending and "syn_weight_pending" in values else "syn_weight"
        return Edges(
            np.asarray(group["source_node_id"]).astype(np.int64),
            np.asarray(group["target_node_id"]).astype(np.int64),
            np.asarray(values[name]).astype(np.float64),
            np.asarray(values["delay"]).astype(np.float64),
        )


def read_rewiring(path: Path) -> np.ndarray:
    """Synapses that formed and went: records `time` (ms), `source`, `target`, `formed`."""
    with h5py.File(path, "r") as file:
        (group,) = file["rewiring"].values()
        return np.rec.fromarrays(
            [
                np.asarray(group["timestamps"]),
                np.asarray(group["source_node_id"]).astype(np.int64),
                np.asarray(group["target_node_id"]).astype(np.int64),
                np.asarray(group["formed"]).astype(bool),
            ],
            names="time,source,target,formed",
        )


def load(folder: str | Path) -> Results:
    """The results folder of any run. Throws `FileNotFoundError` when it is none."""
    return Results(Path(folder))


class Results:
    """What a run left in its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        summary = folder / "run.json"
        if not summary.exists():
            raise FileNotFoundError(
                f"{folder} has no run.json: not the results of a finished run (`spinnsim gather {folder}` recovers "
                "spikes of one that was killed)"
            )
        self.summary: dict[str, Any] = json.loads(summary.read_text())

    @cached_property
    def spikes(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Times (ms) and neuron indices, by population."""
        return read_spikes(self.folder / "spikes.h5")

    @property
    def duration(self) -> float:
        """Model time, ms."""
        for key in ("duration", "model_time"):
            if key in self.summary:
                return float(self.summary[key])
        ends = [report.start + len(report.values) * report.interval for report in self._all_reports()]
        ends += [float(times.max()) for times, _ in self.spikes.values() if len(times)]
        return max(ends, default=0.0)

    @property
    def reports(self) -> list[tuple[str, str]]:
        """Population and variable of every recorded variable."""
        names = sorted(path.name[: -len(".h5")] for path in (self.folder / "reports").glob("*.h5"))
        return [tuple(name.rsplit(".", 1)) for name in names]  # type: ignore[misc]

    def _all_reports(self) -> list[Report]:
        return [self.report(*names) for names in self.reports]

    def report(self, population: str, variable: str) -> Report:
        """Samples of a recorded variable. Throws `KeyError` naming what there is."""
        path = self.folder / "reports" / f"{population}.{variable}.h5"
        if not path.exists():
            raise KeyError(f"{variable} of {population} was not recorded; there are {self.reports}")
        return read_report(path)

    @property
    def projections(self) -> list[str]:
        """Projections whose weights were recorded."""
        return sorted(path.stem for path in (self.folder / "weights").glob("*.h5"))

    def weights(self, projection: str, pending: bool = False) -> Edges:
        """Synapses of a projection at the end of the run. Throws `KeyError` naming what there is."""
        path = self.folder / "weights" / f"{projection.replace('->', '-to-')}.h5"
        if not path.exists():
            raise KeyError(f"weights of {projection} were not recorded; there are {self.projections}")
        return read_edges(path, pending)

    def rewiring(self, projection: str) -> np.ndarray:
        """Synapses of a projection that formed and went."""
        return read_rewiring(self.folder / "rewiring" / f"{projection.replace('->', '-to-')}.h5")

    def spike_table(self) -> pandas.DataFrame:
        """All spikes as a table with columns `population`, `neuron`, `time` (ms)."""
        import pandas

        return pandas.concat(
            [
                pandas.DataFrame({"population": name, "neuron": neurons, "time": times})
                for name, (times, neurons) in self.spikes.items()
            ]
            or [pandas.DataFrame({"population": [], "neuron": [], "time": []})],
            ignore_index=True,
        )

    def report_table(self, population: str, variable: str) -> pandas.DataFrame:
        """A recorded variable as a table: a row a sample (index: ms), a column a neuron."""
        import pandas

        report = self.report(population, variable)
        times = report.start + report.interval * np.arange(len(report.values))
        return pandas.DataFrame(report.values, index=pandas.Index(times, name="time"), columns=report.neurons)

    def block(self, population: str) -> neo.Block:
        """Spikes and recorded variables of a population as a Neo block with one segment."""
        import neo
        import quantities as pq

        from .neo_objects import analog_signal, spike_train_list

        block = neo.Block(name=population)
        segment = neo.Segment(name="segment000")
        if population in self.spikes:
            times, neurons = self.spikes[population]
            segment.spiketrains = spike_train_list(
                times, neurons, np.arange(self._size(population)), 0.0, self.duration, population, first_id=0
            )
        for name, variable in self.reports:
            if name == population:
                report = self.report(name, variable)
                segment.analogsignals.append(
                    analog_signal(
                        report.values,
                        report.units,
                        report.start * pq.ms,
                        report.interval * pq.ms,
                        variable,
                        report.neurons,
                        report.neurons,
                        population,
                    )
                )
        segment.block = block
        block.segments.append(segment)
        return block

    def _size(self, population: str) -> int:
        with h5py.File(self.folder / "spikes.h5", "r") as file:
            return int(file["spikes"][population].attrs["size"])
