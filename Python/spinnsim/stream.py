"""Spikes that come while runs go on, for scripts that ask after every few steps: files would cost more than the run."""

from __future__ import annotations

import numpy as np

_FEW_STEPS = 50
_TIMES = 3
_MANY_SPIKES = 5_000_000


class SpikeStream:
    """
    Spikes by population from a step on, taken from the engine's events.

    `worthwhile` says when scripts ask so often that the engine should tell of spikes by itself.
    """

    def __init__(self) -> None:
        self.on = False
        self._often = 0
        self._spikes = 0
        self._steps: dict[str, list[int]] = {}
        self._neurons: dict[str, list[np.ndarray]] = {}

    def asked(self, steps: int) -> None:
        """Notes that spikes of the last `steps` were taken out by files."""
        self._often = self._often + 1 if steps <= _FEW_STEPS else 0

    @property
    def worthwhile(self) -> bool:
        """Whether spikes were asked for often, after few steps each."""
        return not self.on and self._often >= _TIMES

    @property
    def full(self) -> bool:
        """Whether the engine should forget what it keeps beside."""
        return self._spikes > _MANY_SPIKES

    def emptied(self) -> None:
        """Notes that the engine has forgotten."""
        self._spikes = 0

    def hear(self, population: str, step: int, neurons: np.ndarray) -> None:
        """Takes the spikes of a step."""
        if self.on:
            self._steps.setdefault(population, []).append(step)
            self._neurons.setdefault(population, []).append(neurons)
            self._spikes += len(neurons)

    def take(self, population: str, timestep: float) -> tuple[np.ndarray, np.ndarray] | None:
        """Times (ms) and neurons that have come since the last call, or nothing."""
        steps, neurons = self._steps.pop(population, []), self._neurons.pop(population, [])
        if not steps:
            return None
        times = np.repeat(np.asarray(steps, float) * timestep, [len(each) for each in neurons])
        return times, np.concatenate(neurons).astype(np.int64)
