"""Recorded data as a CSV file: a table of `segment`, `variable`, `neuron`, `time` (ms), `value`."""

from __future__ import annotations

import csv
from typing import Any

import neo
import numpy as np
import quantities as pq

from . import neo_convertor


def write(block: neo.Block, path: str) -> None:
    """Writes all spikes and signals of a block."""
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["segment", "variable", "neuron", "time", "value"])
        for number, segment in enumerate(block.segments):
            for neuron, time in neo_convertor.convert_spiketrains(segment.spiketrains):
                rows.writerow([number, "spikes", int(neuron), repr(float(time)), ""])
            for signal in segment.analogsignals:
                for neuron, time, value in neo_convertor.convert_analog_signal(signal):
                    rows.writerow([number, signal.name, int(neuron), repr(float(time)), repr(float(value))])


class NeoCsv:
    """Reads what `write_data` to a CSV file wrote."""

    def read_csv(self, csv_file: str) -> neo.Block:
        """The block in a file."""
        block = neo.Block()
        with open(csv_file, newline="") as file:
            table = list(csv.DictReader(file))
        for number in sorted({int(row["segment"]) for row in table}):
            segment = neo.Segment(name=f"segment{number:03d}")
            mine = [row for row in table if int(row["segment"]) == number]
            self._fill(segment, mine)
            block.segments.append(segment)
        return block

    def _fill(self, segment: neo.Segment, rows: list[dict[str, Any]]) -> None:
        stop = max(float(row["time"]) for row in rows)
        for neuron in sorted({int(row["neuron"]) for row in rows if row["variable"] == "spikes"}):
            times = [float(r["time"]) for r in rows if r["variable"] == "spikes" and int(r["neuron"]) == neuron]
            segment.spiketrains.append(neo.SpikeTrain(times, units="ms", t_stop=stop, source_index=neuron))
        for name in sorted({row["variable"] for row in rows} - {"spikes"}):
            mine = [row for row in rows if row["variable"] == name]
            neurons = sorted({int(row["neuron"]) for row in mine})
            times = sorted({float(row["time"]) for row in mine})
            period = times[1] - times[0] if len(times) > 1 else 1.0
            values = np.asarray([float(row["value"]) for row in mine]).reshape(len(neurons), len(times)).T
            segment.analogsignals.append(
                neo.AnalogSignal(
                    values,
                    units="dimensionless",
                    t_start=times[0] * pq.ms,
                    sampling_period=period * pq.ms,
                    name=name,
                    array_annotations={"channel_index": np.asarray(neurons)},
                )  # fmt: skip
            )
