"""Finds the spinnsim program and asks it what it can do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from .errors import EngineNotFoundError

PROTOCOL = 1


def find(explicit: str | os.PathLike[str] | None = None) -> Path:
    """
    The program to run.

    That is `explicit`, ``SPINNSIM_BINARY``, the wheel's own, that of a checkout above this, or that on ``PATH``.

    Throws `EngineNotFoundError` when there is none.
    """
    for named in (explicit, os.environ.get("SPINNSIM_BINARY")):
        if named:
            path = Path(named).expanduser()
            if path.is_file() and os.access(path, os.X_OK):
                return path.resolve()
            raise EngineNotFoundError(f"{path} is not a program that can be run")
    here = Path(__file__).resolve()
    candidates = [here.parent / "_bin" / "spinnsim"]
    candidates += [folder / ".build" / "release" / "spinnsim" for folder in here.parents[2:5]]
    for path in candidates:
        if path.is_file() and os.access(path, os.X_OK):
            return path
    on_path = shutil.which("spinnsim")
    if on_path and not on_path.endswith(".py"):
        return Path(on_path)
    raise EngineNotFoundError(
        "the program spinnsim was not found: build it with `swift build -c release`, "
        "put it on PATH, or say where it is in SPINNSIM_BINARY or setup(binary=…)"
    )


@cache
def subcommands(program: Path) -> frozenset[str]:
    """The subcommands that `program` lists in its help."""
    text = subprocess.run([str(program), "--help"], capture_output=True, text=True, timeout=60).stdout
    names = set()
    listing = False
    for line in text.splitlines():
        if line.startswith("SUBCOMMANDS"):
            listing = True
        elif listing and line.startswith("  ") and not line.startswith("   "):
            names.add(line.split()[0])
    return frozenset(names)


# Where Debian and Ubuntu have the libraries that the program leaves to the system.
_PACKAGES = {
    "libmpi": "openmpi-bin", "libhdf5_serial": "libhdf5-dev", "libmetis": "libmetis5", "libsqlite3": "libsqlite3-0",
    "libcrypto": "libssl3",
}  # fmt: skip


def lacking(program: Path) -> dict[str, str]:
    """Shared libraries that `program` needs and this machine lacks, and the packages that have them, where known."""
    if shutil.which("ldd") is None:
        return {}
    listed = subprocess.run(["ldd", str(program)], capture_output=True, text=True).stdout
    names = [line.split()[0] for line in listed.splitlines() if "not found" in line]
    return {name: _PACKAGES.get(name.partition(".")[0], "") for name in names}


def accepts(program: Path, document: str) -> bool:
    """Whether `program` takes the topology `document` (JSON text)."""
    import tempfile

    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(document)
        file.flush()
        done = subprocess.run([str(program), "validate", file.name], capture_output=True, timeout=60)
    return done.returncode == 0


def environment() -> dict[str, str]:
    """What the program needs around it: Open MPI's leave to run as root, where that is who we are."""
    variables = dict(os.environ)
    if os.geteuid() == 0:
        variables["OMPI_ALLOW_RUN_AS_ROOT"] = "1"
        variables["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
    return variables


_probed: dict[tuple[Path, str], bool] = {}


def probe(program: Path, projection: dict[str, Any]) -> bool:
    """Whether `program` knows the keys of `projection`, tried on a network of two populations."""
    document = {
        "format": "spinnsim-topology/1",
        "name": "probe",
        "simulation": {"duration": 1},
        "populations": [{"name": name, "size": 2, "model": "IF_curr_exp"} for name in ("a", "b")],
        "projections": [{"pre": "a", "post": "b", "connector": {"type": "AllToAll"}, **projection}],
    }
    key = (program, json.dumps(projection))
    if key not in _probed:
        _probed[key] = accepts(program, json.dumps(document))
    return _probed[key]
