"""``%load_ext spinnsim``: sPyNNaker's modules from here, and progress of runs, in a notebook."""

from __future__ import annotations

import sys
from typing import Any

from . import aliases


def progress(event: dict[str, Any]) -> None:
    """Rewrites one line with the step that a run is at."""
    if event.get("phase") == "run":
        step, total = event["step"], event.get("steps")
        sys.stdout.write(f"\rstep {step}" + (f" of {total}" if total else "") + ("\n" if step == total else ""))
        sys.stdout.flush()


def load_ipython_extension(ipython: Any) -> None:
    """What `%load_ext` calls."""
    aliases.install()
    from .spynnaker import control

    control.launched(progress=progress)
