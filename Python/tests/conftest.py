"""Finds the program; without it there is nothing to test."""

import pytest

from spinnsim import binary
from spinnsim.errors import EngineNotFoundError


def pytest_configure(config: pytest.Config) -> None:
    """Ends at once when there is no program."""
    try:
        binary.find()
    except EngineNotFoundError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Publishes the verdicts of PyNN's scenarios, where they were run."""
    if hasattr(config, "scenarios"):
        terminalreporter.section("PyNN's scenarios")
        terminalreporter.write_line(config.scenarios)
