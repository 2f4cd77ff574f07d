"""The packages that stand in for sPyNNaker's, without the launcher."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PYTHON = Path(__file__).resolve().parents[1]


def run(code: str, *places: Path) -> subprocess.CompletedProcess[str]:
    """Runs code with the shim, and other folders, to be imported from."""
    path = os.pathsep.join(map(str, [PYTHON, *places, PYTHON / "shim"]))
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONPATH": path}
    )


@pytest.mark.parametrize("name", ["pyNN.spiNNaker", "spynnaker8", "spynnaker.pyNN"])
def test_a_script_runs_without_the_launcher(name: str):
    code = (
        f"import {name} as sim; from spynnaker.pyNN.utilities import neo_convertor\n"
        "sim.setup(1.0); cells = sim.Population(2, sim.IF_curr_exp(i_offset=2.0)); cells.record('spikes')\n"
        "sim.run(20)\n"
        "print(neo_convertor.convert_spikes(cells.get_data()).tolist()); sim.end()"
    )
    done = run(code)
    assert done.stdout.startswith("[[0.0, "), done.stderr


def test_it_does_not_stand_beside_the_real_one(tmp_path: Path):
    real = tmp_path / "sPyNNaker-7.4.1.dist-info"
    real.mkdir()
    (real / "METADATA").write_text("Metadata-Version: 2.1\nName: sPyNNaker\nVersion: 7.4.1\n")
    done = run("import spynnaker8", tmp_path)
    assert done.returncode == 1 and "python -m spinnsim" in done.stderr
