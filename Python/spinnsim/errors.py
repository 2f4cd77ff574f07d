"""What can go wrong, said in the words of the script that caused it."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path


class SpinnsimError(Exception):
    """Anything that spinnsim itself raises."""


class EngineNotFoundError(SpinnsimError):
    """There is no program to run networks with."""


class EngineError(SpinnsimError):
    """The engine refused a network, or ended without an answer."""

    def __init__(self, message: str, code: int | None = None, pointer: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.pointer = pointer


class UnsupportedError(NotImplementedError, SpinnsimError):
    """Asked for something that there is not; says what there is instead."""

    def __init__(self, name: str, why: str, instead: str = "") -> None:
        text = f"{name}: {why}"
        if instead:
            text += f"; {instead}"
        super().__init__(text)
        self.name = name


_PACKAGE = str(Path(__file__).resolve().parent)


@dataclass(frozen=True)
class Origin:
    """What an entry of the topology came from: an object of the script, and the line that made it."""

    what: str
    line: str

    def __str__(self) -> str:
        return f"{self.line}: {self.what}" if self.line else self.what


def script_line() -> str:
    """`FILE:LINE` of the innermost frame that is neither this package nor PyNN; empty when there is none."""
    frame = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(_PACKAGE) and f"{'pyNN'}{'/'}" not in file.replace("\\", "/") and "<frozen" not in file:
            return f"{Path(file).name}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


_MESSAGE = re.compile(
    r"^error:? (?:(?P<file>.*?):(?P<line>\d+):(?P<column>\d+) )?(?:\((?P<pointer>/[^)]*)\): )?(?P<text>.*)$"
)


def from_engine(output: str, code: int | None, origins: dict[str, Origin]) -> EngineError:
    """The engine's last words as an exception that names the script's own line."""
    errors = [line for line in output.splitlines() if line.startswith(("error ", "error: "))]
    if not errors:
        tail = "\n".join(output.splitlines()[-8:])
        return EngineError(f"the engine ended with code {code} and without an answer\n{tail}".rstrip(), code)
    match = _MESSAGE.match(errors[-1])
    assert match is not None
    text, pointer = match["text"], match["pointer"]
    return EngineError(explained(text, pointer, origins), code, pointer)


def explained(text: str, pointer: str | None, origins: dict[str, Origin]) -> str:
    """`text` with the object and the script's line that `pointer` leads to, the nearest one above it."""
    place = pointer or ""
    while place:
        if place in origins:
            return f"{origins[place]}: {text}"
        place = place.rpartition("/")[0]
    return text
