"""Small things that scripts take from sPyNNaker's utilities."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any


def overrides(*_: Any, **__: Any) -> Callable[[Any], Any]:
    """A decorator that says what a method overrides."""
    return lambda method: method


def FormatAdapter(logger: logging.Logger) -> logging.Logger:
    """The logger as it is."""
    return logger


def warn_once(logger: logging.Logger, message: str, *arguments: Any) -> None:
    """Warns."""
    logger.warning(message, *arguments)


_SET: dict[tuple[str, str], Any] = {}


def set_config(section: str, option: str, value: Any) -> None:
    """Keeps an option that nothing here looks at."""
    _SET[section, option] = value


def get_config_bool(section: str, option: str) -> bool:
    """What was kept, or false."""
    return str(_SET.get((section, option), False)) == "True"


def get_config_int(section: str, option: str) -> int:
    """What was kept, or 0."""
    return int(_SET.get((section, option), 0))


def get_config_str(section: str, option: str) -> str:
    """What was kept, or nothing."""
    return str(_SET.get((section, option), ""))
