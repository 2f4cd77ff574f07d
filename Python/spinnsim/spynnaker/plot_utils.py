"""Plots by the names that sPyNNaker gives them."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import neo_convertor


def _axes(title: str, axes: Any = None) -> Any:
    import matplotlib.pyplot as plt

    axes = axes or plt.gca()
    axes.set_title(title)
    axes.set_xlabel("Time/ms")
    return axes


def plot_spikes(spikes: Any, title: str = "spikes") -> None:
    """Dots for spikes, of an array or a list of arrays of (neuron, time)."""
    import matplotlib.pyplot as plt

    for each in spikes if isinstance(spikes, list | tuple) else [spikes]:
        rows = np.asarray(each)
        if rows.size:
            _axes(title).plot(rows[:, 1], rows[:, 0], ".")
    plt.show()


def line_plot(data_sets: Any, title: str | None = None) -> None:
    """A line a neuron, of an array or a list of arrays of (neuron, time, value)."""
    import matplotlib.pyplot as plt

    for data in data_sets if isinstance(data_sets, list | tuple) else [data_sets]:
        rows = np.asarray(data)
        for neuron in np.unique(rows[:, 0]) if rows.size else []:
            mine = rows[rows[:, 0] == neuron]
            _axes(title or "").plot(mine[:, 1], mine[:, 2])
    plt.show()


def heat_plot(data_sets: Any, ylabel: str | None = None, title: str | None = None) -> None:
    """A picture of values, of an array or a list of arrays of (neuron, time, value)."""
    import matplotlib.pyplot as plt

    for data in data_sets if isinstance(data_sets, list | tuple) else [data_sets]:
        rows = np.asarray(data)
        if rows.size:
            _axes(title or "").scatter(rows[:, 1], rows[:, 0], c=rows[:, 2], marker="s")
    plt.show()


def plot_data(_: Any = None, *__: Any, **___: Any) -> None:
    """Nothing."""


class SpynnakerPanel:
    """A panel of PyNN's `Figure`, of spikes or signals in any of their forms."""

    def __init__(self, *data: Any, **options: Any) -> None:
        self.data, self.options = list(data), options

    def plot(self, axes: Any) -> None:
        """Draws into `axes`."""
        for each in self.data:
            for segment in getattr(each, "segments", [each]):
                self._draw(axes, segment)
        if "xlabel" in self.options:
            axes.set_xlabel(self.options["xlabel"])
        if "xlim" in self.options:
            axes.set_xlim(self.options["xlim"])

    def _draw(self, axes: Any, of: Any) -> None:
        if isinstance(of, np.ndarray) and not hasattr(of, "times"):
            rows = np.atleast_2d(of)
            if rows.shape[1] == 2:
                axes.plot(rows[:, 1], rows[:, 0], ".")
            elif rows.shape[1] >= 3:
                axes.scatter(rows[:, 1], rows[:, 0], c=rows[:, 2], marker="s")
            return
        if hasattr(of, "magnitude") and hasattr(of, "sampling_period"):
            axes.plot(of.times.magnitude, of.magnitude)
            return
        trains = getattr(of, "spiketrains", of)
        rows = neo_convertor.convert_spiketrains(trains)
        axes.plot(rows[:, 1], rows[:, 0], ".")
