"""Finds the program; without it there is nothing to test."""

import os

import pytest

from spinnsim import binary
from spinnsim.errors import EngineNotFoundError


def pytest_configure(config: pytest.Config) -> None:
    """Ends at once when there is no program."""
    try:
        binary.find()
    except EngineNotFoundError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves out what only an engine that stays can do, where runs are made one by one."""
    if os.environ.get("SPINNSIM_TRANSPORT") == "batch" or "serve" not in binary.subcommands(binary.find()):
        for item in items:
            if item.get_closest_marker("serve"):
                item.add_marker(pytest.mark.skip(reason="needs an engine that stays"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Publishes the verdicts of PyNN's scenarios, where they were run."""
    if hasattr(config, "scenarios"):
        terminalreporter.section("PyNN's scenarios")
        terminalreporter.write_line(config.scenarios)
