"""Setting up, running, resetting and ending."""

from __future__ import annotations

from typing import Any

from pyNN.common.control import DEFAULT_MIN_DELAY, DEFAULT_TIMESTEP
from pyNN.random import NumpyRNG

from pyNN import common

from . import simulator


def setup(timestep: float = DEFAULT_TIMESTEP, min_delay: Any = DEFAULT_MIN_DELAY, **extra_params: Any) -> int:
    """
    Begins a network; one that there is ends.

    `ranks`, `seed`, `binary` and `results` are the engine's; `time_scale_factor` is sPyNNaker's. Times are in ms.
    """
    common.setup(timestep, min_delay, **extra_params)
    begin(timestep, min_delay, extra_params)
    return simulator.state.mpi_rank


def begin(timestep: float, min_delay: Any, options: dict[str, Any]) -> None:
    """A new state with these options."""
    state = simulator.state
    state.clear()
    state.dt = float(timestep)
    state.min_delay = min_delay
    state.max_delay = options.get("max_delay", "auto")
    state.options = options
    state.ready = True
    state.ended = False
    seed = options.get("seed")
    if seed is not None:
        state.seed = int(seed)
        state.rng = NumpyRNG(seed=int(seed))


def end(compatible_output: bool = True) -> None:
    """Writes what was asked for to files, and ends the engine. Recorded data can still be had."""
    simulator.state.end()


run, run_until = common.build_run(simulator)
run_for = run
reset = common.build_reset(simulator)
initialize = common.initialize
get_current_time, get_time_step, _, _, num_processes, rank = common.build_state_queries(simulator)


def get_min_delay() -> float:
    """The smallest delay there is, ms: as set up, or that of all projections."""
    state = simulator.state
    if state.min_delay != "auto":
        return float(state.min_delay)
    return min((projection.smallest_delay() for projection in state.projections), default=state.dt)


def get_max_delay() -> Any:
    """The largest delay as set up, ms."""
    return simulator.state.max_delay
