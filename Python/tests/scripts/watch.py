"""
Runs one PyNN script as the launcher does, keeps what its networks recorded, and says what was expected and found.

    python watch.py SCRIPT TARGET [ARGUMENT …]      a line of JSON at the end: [[expected, found, holds], …]
    python watch.py SCRIPT                          only runs it
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from spinnsim import __main__ as launcher
from spinnsim import aliases
from spinnsim.pynn import simulator


@dataclass
class Recorded:
    """What a population recorded in one network, in the segment that was the last."""

    label: str
    size: int
    times: np.ndarray
    neurons: np.ndarray
    samples: dict[str, np.ndarray] = field(default_factory=dict)

    def count(self, begin: float, end: float) -> int:
        """Spikes between two times, ms."""
        return int(np.sum((self.times >= begin) & (self.times < end)))

    def rate(self, begin: float, end: float) -> float:
        """Spikes a neuron and second between two times, ms."""
        return self.count(begin, end) / self.size / (end - begin) * 1000


@dataclass
class Watched:
    """What a script left: its names, and its networks by population."""

    names: dict[str, Any] = field(default_factory=dict)
    networks: list[dict[str, Recorded]] = field(default_factory=list)

    def __getitem__(self, label: str) -> Recorded:
        """A population of the last network."""
        return self.networks[-1][label]


def _recorded(state: simulator.State) -> dict[str, Recorded]:
    found: dict[str, Recorded] = {}
    for population in state.populations:
        recorder = population.recorder
        times, neurons = recorder.spike_data() if "spikes" in recorder.names else (np.empty(0), np.empty(0, int))
        samples = {name: recorder.samples(name).values for name in recorder.names if name in ("v", "gsyn_exc")}
        label = str(population.label)
        while label in found:
            label += "'"
        found[label] = Recorded(label, population.size, times, neurons, samples)
    return found


def watch(script: Path, arguments: list[str]) -> Watched:
    """Runs a script or a notebook in its folder."""
    watched = Watched()
    close = simulator.State.close

    def closing(state: simulator.State) -> None:
        if state.session is not None and state.steps:
            watched.networks.append(_recorded(state))
        close(state)

    simulator.State.close = closing  # type: ignore[method-assign]
    aliases.install()
    os.chdir(script.parent)
    sys.argv = [script.name, *arguments]
    sys.path.insert(0, str(script.parent))
    if script.suffix == ".ipynb":
        watched.names = launcher.notebook(script)
    else:
        watched.names = runpy.run_path(str(script), run_name="__main__")
    simulator.state.close()
    return watched


def main() -> None:
    """Runs and, where a target is named, checks."""
    script, arguments = Path(sys.argv[1]).resolve(), sys.argv[3:]
    name = sys.argv[2] if len(sys.argv) > 2 else None
    watched = watch(script, arguments)
    if name:
        from targets import TARGETS

        found = [[expected, str(value), bool(holds)] for expected, value, holds in TARGETS[name].check(watched)]
        print("\n" + json.dumps(found))


if __name__ == "__main__":
    main()
