"""``python -m spinnsim script.py``: runs a script that was written for a board."""

from __future__ import annotations

import argparse
import json
import logging
import os
import runpy
import sys
from pathlib import Path

from . import __version__, aliases, binary
from .errors import EngineError, EngineNotFoundError


def doctor() -> int:
    """Says what is here and what is not; 0 when scripts can run."""
    import h5py
    import neo
    import numpy

    import pyNN

    print(f"spinnsim {__version__}, Python {sys.version.split()[0]}")
    print(f"PyNN {pyNN.__version__}, neo {neo.__version__}, numpy {numpy.__version__}, h5py {h5py.__version__}")
    try:
        program = binary.find()
    except EngineNotFoundError as error:
        print(f"no program: {error}")
        return 1
    print(f"program {program}")
    lacking = binary.lacking(program)
    for library, package in lacking.items():
        print(f"it needs {library}" + (f": apt-get install {package}" if package else ", which is not here"))
    if lacking:
        return 1
    has_serve = "serve" in binary.subcommands(program)
    print(
        "sessions over serve" if has_serve else "sessions over runs from the beginning: nothing can change between runs"
    )
    return 0


def notebook(path: Path) -> dict[str, object]:
    """Runs the code cells of a notebook one after the other, in one namespace."""
    cells = json.loads(path.read_text())["cells"]
    namespace: dict[str, object] = {"__name__": "__main__", "__file__": str(path)}
    for number, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            lines = "".join(cell["source"]).splitlines()
            source = "\n".join("pass" if line.lstrip().startswith(("%", "!")) else line for line in lines)
            exec(compile(source, f"{path.name}[{number}]", "exec"), namespace)
    return namespace


def main(arguments: list[str] | None = None) -> int:
    """Runs a script with sPyNNaker's modules served from here; the exit code is the script's."""
    parser = argparse.ArgumentParser(prog="python -m spinnsim", description=__doc__)
    parser.add_argument("--ranks", type=int, help="ranks of the engine (default: 1, or the cores for large networks)")
    parser.add_argument("--results", help="folder for the results of the last run, as the program leaves them")
    parser.add_argument("--binary", help="the program")
    parser.add_argument("script", help="a Python file, a notebook, or `doctor`")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    if options.script == "doctor":
        return doctor()
    logging.basicConfig(format="%(levelname)s %(message)s")
    aliases.install()
    from .spynnaker import control

    control.launched(ranks=options.ranks, results=options.results, binary=options.binary)
    path = Path(options.script)
    if not path.exists():
        print(f"there is no {path}", file=sys.stderr)
        return 66
    sys.argv = [str(path), *options.arguments]
    sys.path.insert(0, str(path.resolve().parent))
    os.environ.setdefault("MPLBACKEND", "Agg") if not os.environ.get("DISPLAY") else None
    try:
        if path.suffix == ".ipynb":
            notebook(path)
        else:
            runpy.run_path(str(path), run_name="__main__")
    except (EngineError, EngineNotFoundError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return getattr(error, "code", None) or 69
    return 0


if __name__ == "__main__":
    sys.exit(main())
