"""sPyNNaker's data view, as much of it as scripts ask."""

from __future__ import annotations

import tempfile
from typing import Any, NoReturn
from unittest import SkipTest

from ..pynn import simulator
from .machine import Machine, Version, machine


class SpynnakerDataView:
    """What is known of the network and the run."""

    @classmethod
    def get_simulation_time_step_ms(cls) -> float:
        """ms."""
        return simulator.state.dt

    @classmethod
    def get_simulation_time_step_us(cls) -> int:
        """µs."""
        return round(simulator.state.dt * 1000)

    @classmethod
    def get_simulation_time_step_per_ms(cls) -> float:
        """Steps in a ms."""
        return 1 / simulator.state.dt

    @classmethod
    def get_time_scale_factor(cls) -> float:
        """Real time over model time."""
        return simulator.state.options.get("time_scale_factor") or 1

    @classmethod
    def get_min_delay(cls) -> float:
        """ms."""
        return simulator.state.smallest_delay

    @classmethod
    def get_current_run_time_ms(cls) -> float:
        """ms since the last reset."""
        return simulator.state.t

    @classmethod
    def get_current_run_timesteps(cls) -> int:
        """Steps since the last reset."""
        return simulator.state.steps

    @classmethod
    def iterate_populations(cls) -> Any:
        """All populations."""
        return iter(simulator.state.populations)

    @classmethod
    def get_n_populations(cls) -> int:
        """How many there are."""
        return len(simulator.state.populations)

    @classmethod
    def iterate_projections(cls) -> Any:
        """All projections."""
        return iter(simulator.state.projections)

    @classmethod
    def get_n_projections(cls) -> int:
        """How many there are."""
        return len(simulator.state.projections)

    @classmethod
    def get_segment_counter(cls) -> int:
        """Resets so far."""
        return simulator.state.segment_counter

    @classmethod
    def get_sim_name(cls) -> str:
        """What this is."""
        return "sPyNNaker on spinnsim"

    @classmethod
    def is_ran_last(cls) -> bool:
        """Whether there was a run since the last reset."""
        return simulator.state.ran

    @classmethod
    def is_shutdown(cls) -> bool:
        """Whether `end` was called."""
        return simulator.state.ended

    @classmethod
    def is_setup(cls) -> bool:
        """Whether `setup` was called."""
        return simulator.state.ready

    @classmethod
    def is_user_mode(cls) -> bool:
        """Whether a script may act: it may."""
        return True

    @classmethod
    def get_machine(cls) -> Machine:
        """The machine that the network runs on."""
        return machine()

    @classmethod
    def get_machine_version(cls) -> type[Version]:
        """Its kind of board."""
        return Version

    @classmethod
    def get_chip_at(cls, x: int, y: int) -> Any:
        """A chip of the machine."""
        return machine()[x, y]

    @classmethod
    def get_app_provenance_dir_path(cls) -> str:
        """A folder without files: emulated cores print nothing."""
        return tempfile.mkdtemp(prefix="spinnsim-provenance-")

    @classmethod
    def raise_skiptest(cls, reason: str = "", parent: Exception | None = None) -> NoReturn:
        """Skips the test that calls it."""
        raise SkipTest(reason) from parent
