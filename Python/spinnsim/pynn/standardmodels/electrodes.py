"""Current sources."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyNN.parameters import ParameterSpace, Sequence
from pyNN.standardmodels import StandardCurrentSource, build_translations, electrodes

from ...errors import Origin, script_line
from .. import simulator


class EngineSource(StandardCurrentSource):
    """Currents are the engine's; what one of them was is worked out here when it is asked."""

    kind: str

    def __init__(self, **parameters: Any) -> None:
        object.__setattr__(self, "origin", script_line())
        object.__setattr__(self, "targets", [])
        object.__setattr__(self, "recorded_from", None)
        super().__init__(**parameters)
        space = ParameterSpace(self.default_parameters, self.get_schema(), shape=(1,))
        space.update(**parameters)
        space = self.translate(space)
        self.set_native_parameters(space)

    def set_native_parameters(self, parameters: ParameterSpace) -> None:
        parameters.evaluate(simplify=True)
        values = dict(getattr(self, "_values", {}) if "_values" in self.__dict__ else {})
        for name, value in parameters.as_dict().items():
            values[name] = np.asarray(value.value, float) if isinstance(value, Sequence) else float(value)
        self.check(values)
        object.__setattr__(self, "_values", values)
        if self.targets:
            simulator.state.change(kind="current", source=self)

    def get_native_parameters(self) -> ParameterSpace:
        return ParameterSpace(
            {name: Sequence(value) if isinstance(value, np.ndarray) else value for name, value in self._values.items()},
            shape=(1,),
        )

    def get_parameters(self) -> dict[str, Any]:
        """Parameters by name: numbers, and arrays of a `StepCurrentSource`."""
        return dict(self._values)

    def check(self, values: dict[str, Any]) -> None:
        """Raises for values that no source can have."""

    def inject_into(self, cells: Any) -> None:
        """Injects into these neurons from here on."""
        state = simulator.state
        groups: dict[Any, list[int]] = {}
        for cell in [cells] if isinstance(cells, simulator.ID) else cells:
            population = cell.parent
            while hasattr(population, "parent"):
                population = population.parent
            if not population.celltype.injectable:
                raise TypeError(f"Can't inject current into a spike source ({population.label}).")
            groups.setdefault(population, []).append(int(cell) - int(population.first_id))
        for population, neurons in groups.items():
            self.targets.append((population, sorted(neurons)))
            state.change(kind="new current", source=self, population=population, neurons=sorted(neurons))
        if self not in state.sources:
            state.sources.append(self)

    def described(self) -> Origin:
        return Origin(type(self).__name__, self.origin)

    def record(self) -> None:
        object.__setattr__(self, "recorded_from", simulator.state.steps)
        object.__setattr__(self, "_past", [])

    def entry(self) -> dict[str, Any]:
        """What the topology says of it."""
        values = {name: value for name, value in self._values.items() if name != "dt"}
        if values.get("stop", 0) >= 1e9:
            del values["stop"]
        if "start" in values:
            values["start"] = max(values["start"], 0.0)
        return {"type": self.kind, **values}

    def waveform(self, steps: np.ndarray, dt: float) -> np.ndarray:
        """nA in each of `steps`."""
        raise NotImplementedError

    def _get_data(self) -> tuple[np.ndarray, np.ndarray]:
        state = simulator.state
        first = self.recorded_from or 0
        steps = np.arange(first, state.steps + 1)
        return steps * state.dt, self.waveform(steps, state.dt)

    def _inside(self, steps: np.ndarray, dt: float) -> np.ndarray:
        start, stop = self._values["start"], self._values["stop"]
        return (steps >= round(start / dt)) & (steps < min(round(stop / dt), 2**62))


def _translations(base: type) -> dict[str, Any]:
    return build_translations(*((name, name) for name in base.default_parameters))


class DCSource(EngineSource, electrodes.DCSource):
    __doc__ = electrodes.DCSource.__doc__
    kind = "DC"
    translations = _translations(electrodes.DCSource)

    def waveform(self, steps: np.ndarray, dt: float) -> np.ndarray:
        return np.where(self._inside(steps, dt), self._values["amplitude"], 0.0)


class ACSource(EngineSource, electrodes.ACSource):
    __doc__ = electrodes.ACSource.__doc__
    kind = "AC"
    translations = _translations(electrodes.ACSource)

    def waveform(self, steps: np.ndarray, dt: float) -> np.ndarray:
        p = self._values
        since = steps * dt - p["start"]
        wave = p["offset"] + p["amplitude"] * np.sin(
            since * 2 * np.pi * p["frequency"] / 1000 + np.pi * p["phase"] / 180
        )
        return np.where(self._inside(steps, dt), wave, 0.0)


class StepCurrentSource(EngineSource, electrodes.StepCurrentSource):
    __doc__ = electrodes.StepCurrentSource.__doc__
    kind = "Step"
    translations = _translations(electrodes.StepCurrentSource)

    def check(self, values: dict[str, Any]) -> None:
        times, amplitudes = values.get("times"), values.get("amplitudes")
        if times is not None and amplitudes is not None and len(times) != len(amplitudes):
            raise ValueError("StepCurrentSource needs as many amplitudes as times")
        if times is not None:
            if np.any(np.asarray(times) < 0):
                raise ValueError("Step current cannot accept negative timestamps.")
            if np.any(np.diff(times) < 0):
                raise ValueError("Step current timestamps should be monotonically increasing.")

    def set_native_parameters(self, parameters: ParameterSpace) -> None:
        super().set_native_parameters(parameters)
        values = self._values
        if "times" in values and len(values["times"]) == len(values["amplitudes"]):
            # Changes happen at steps; of several that fall into one the last holds.
            dt = simulator.state.dt
            steps = np.rint(values["times"] / dt).astype(np.int64)
            last = np.append(np.diff(steps) > 0, True) if len(steps) else np.empty(0, bool)
            values["times"], values["amplitudes"] = steps[last] * dt, values["amplitudes"][last]

    def steps(self, dt: float) -> tuple[np.ndarray, np.ndarray]:
        """Steps at which the current changes, and what it changes to."""
        return np.rint(self._values["times"] / dt).astype(np.int64), self._values["amplitudes"]

    def entry(self) -> dict[str, Any]:
        dt = simulator.state.dt
        steps, amplitudes = self.steps(dt)
        return {"type": "Step", "times": steps * dt, "amplitudes": amplitudes}

    def waveform(self, steps: np.ndarray, dt: float) -> np.ndarray:
        at, amplitudes = self.steps(dt)
        place = np.searchsorted(at, steps, side="right")
        return np.concatenate([[0.0], amplitudes])[place]


class NoisyCurrentSource(EngineSource, electrodes.NoisyCurrentSource):
    __doc__ = electrodes.NoisyCurrentSource.__doc__
    kind = "Step"
    translations = _translations(electrodes.NoisyCurrentSource)

    def set_native_parameters(self, parameters: ParameterSpace) -> None:
        super().set_native_parameters(parameters)
        object.__setattr__(self, "_drawn", np.empty(0))

    def _noise(self, count: int) -> np.ndarray:
        missing = count - len(self._drawn)
        if missing > 0:
            more = simulator.state.rng.rng.normal(self._values["mean"], self._values["stdev"], missing)
            object.__setattr__(self, "_drawn", np.concatenate([self._drawn, more]))
        return self._drawn[:count]

    def _span(self, dt: float) -> tuple[int, int, int]:
        start = max(round(self._values["start"] / dt), 0)
        end = start + round(min(self._values["stop"] - self._values["start"], 10_000.0) / dt)
        return start, end, max(1, round(self._values["dt"] / dt))

    def entry(self) -> dict[str, Any]:
        dt = simulator.state.dt
        start, end, every = self._span(dt)
        at = np.arange(start, end, every)
        return {"type": "Step", "times": np.append(at, end) * dt, "amplitudes": np.append(self._noise(len(at)), 0.0)}

    def waveform(self, steps: np.ndarray, dt: float) -> np.ndarray:
        start, end, every = self._span(dt)
        noise = self._noise(len(np.arange(start, end, every)))
        if not len(noise):
            return np.zeros(len(steps))
        return np.where(
            (steps >= start) & (steps < end), noise[np.clip((steps - start) // every, 0, len(noise) - 1)], 0.0
        )
