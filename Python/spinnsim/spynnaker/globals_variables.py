"""The module by which scripts for older versions of the tools ask for the simulator."""

from __future__ import annotations

from typing import Any

from ..pynn import simulator


def has_simulator() -> bool:
    """Whether there is a network that has not been ended."""
    return not simulator.state.ended


def get_simulator() -> Any:
    """The network: its `populations`, `projections`, `t`, `dt` …"""
    return simulator.state


get_not_running_simulator = get_simulator


def unset_simulator(to_cache_simulator: Any = None) -> None:
    """Leaves the network behind."""
    simulator.state.clear()


__all__ = ["get_not_running_simulator", "get_simulator", "has_simulator", "unset_simulator"]
