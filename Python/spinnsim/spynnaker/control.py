"""sPyNNaker's functions: setting up, running, and what it knows of itself."""

from __future__ import annotations

import logging
from typing import Any

from pyNN.common.control import DEFAULT_MIN_DELAY

from pyNN import common

from ..pynn import control, simulator
from .exceptions import ConfigurationException, SimulatorNotSetupException, SimulatorShutdownException
from .machine import Machine, machine
from .populations import once

logger = logging.getLogger("spinnsim")


def check() -> None:
    """Raises where `setup` has not been called, or `end` has."""
    if not simulator.state.ready:
        raise SimulatorNotSetupException("This call is only valid after setup has been called")
    if simulator.state.ended:
        raise SimulatorShutdownException("This call is only valid before end has been called")


def setup(timestep: Any = None, min_delay: Any = DEFAULT_MIN_DELAY, max_delay: Any = None,
          database_socket_addresses: Any = None, time_scale_factor: Any = None, n_chips_required: Any = None,
          n_boards_required: Any = None, **extra_params: Any) -> int:  # fmt: skip
    """Begins a network; one that there is ends. Times are in ms."""
    if timestep is None:
        logger.warning("without a timestep in setup() the step is PyNN's 0.1 ms, not the 1 ms of most boards")
        timestep = 0.1
    elif timestep == "auto":
        timestep = 1.0
    if n_chips_required is not None and n_boards_required is not None:
        raise ConfigurationException("Please use only one of n_chips_required and n_boards_required")
    for name, value in (("max_delay", max_delay), ("n_chips_required", n_chips_required),
                        ("n_boards_required", n_boards_required)):  # fmt: skip
        if value is not None and value != "auto":
            once(f"{name} is taken, and left: the mapping finds what it needs", logging.INFO)
    if min_delay == "auto":
        min_delay = timestep
    own = {name: extra_params.pop(name) for name in ("ranks", "seed", "binary", "results") if name in extra_params}
    common.setup(timestep, min_delay, **extra_params)
    boards = n_boards_required or (n_chips_required and -(-int(n_chips_required) // 48))
    options = {"time_scale_factor": time_scale_factor, "boards": boards}
    control.begin(timestep, min_delay, {**_launched, **own, **options})
    return 0


_launched: dict[str, Any] = {}


def launched(**options: Any) -> None:
    """Options that the launcher gives to every `setup` of the script."""
    _launched.update({name: value for name, value in options.items() if value is not None})


def run(simtime: Any, callbacks: Any = None) -> float:
    """Goes on for `simtime` ms."""
    check()
    if simtime is None:
        simulator.state.advance(None)
        return simulator.state.t
    state = simulator.state
    steps = float(simtime) / state.dt
    rounded = int(steps + 1 - 1e-9) if abs(steps - round(steps)) > 1e-9 else round(steps)
    return control.run_until(state.t + rounded * state.dt, callbacks)


run_for = run


def run_until(tstop: float, callbacks: Any = None) -> float:
    """Goes on until `tstop` ms."""
    return run(tstop - simulator.state.t, callbacks)


def reset(annotations: Any = None) -> None:
    """Time 0, first state and weights, a new segment."""
    check()
    control.reset(annotations or {})


def end(_: Any = True) -> None:
    """Writes what was asked for to files, and ends the engine."""
    check()
    simulator.state.end()


def set_number_of_neurons_per_core(neuron_type: Any, max_permitted: Any) -> None:
    """The most neurons of a kind on a core, one number or one for each dimension."""
    check()
    if not hasattr(neuron_type, "set_model_max_atoms_per_dimension_per_core"):
        raise Exception(f"{neuron_type} is not a Vertex of the emulated machine")
    neuron_type.set_model_max_atoms_per_dimension_per_core(max_permitted)


def set_number_of_synapse_cores(neuron_type: Any, n_synapse_cores: int | None) -> None:
    """Synapse cores beside each neuron core of a kind."""
    check()
    neuron_type.set_model_n_synapse_cores(n_synapse_cores)


def set_allow_delay_extensions(neuron_type: Any, allow_delay_extensions: bool) -> None:
    """Taken, and left: delays of any length are there."""


def get_current_time() -> float:
    """ms since the last reset."""
    return simulator.state.t


def get_time_step() -> float:
    """ms."""
    return simulator.state.dt


def get_min_delay() -> float:
    """ms."""
    return simulator.state.smallest_delay


def get_max_delay() -> float:
    """ms: 16 steps without a delay extension, 64 times those with one."""
    return 1024 * simulator.state.dt


def num_processes() -> int:
    """1: the engine's ranks are not the script's."""
    return 1


def rank() -> int:
    """0: the engine's ranks are not the script's."""
    return 0


def get_machine() -> Machine:
    """The machine that the network runs on."""
    check()
    return machine()
