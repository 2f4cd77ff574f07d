"""PyNN's own scenarios, out of its source distribution, run with this backend."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import spinnsim.pynn as sim
from spinnsim import binary
from spinnsim.errors import EngineError, UnsupportedError

CHECKOUT = Path(__file__).resolve().parents[2]
FIXTURES = """
import pytest
import spinnsim.pynn

def run_with_simulators(*names):
    return pytest.mark.parametrize("sim", [pytest.param(spinnsim.pynn, id="spinnsim")])
"""

# Functions that do not pass, and why.
NOT_HERE = {
    "test_composed_neuron_model_homogeneous_receptors": "PointNeuron with named receptors is no cell of the machine",
    "test_simple_stochastic_synapse": "the machine has no stochastic synapses",
    "test_scenario5": "gap junctions and multiple compartments",
    "test_scenario2": "spike times of the chip's arithmetic are 4.9 % off at steps of 0.01 ms, the limit is 0.5 %",
    "test_update_SpikeSourceArray": "a recorded source tells the times it has now, not those it had before a change",
    "test_issue652": "two rules of learning on one population, which the machine refuses",
}

# Functions that need a program that takes changes between runs.
NEED_CHANGES = {
    "test_changing_electrode", "test_issue451", "test_issue759", "test_ticket166",
}  # fmt: skip

# Functions that need the state after the last step, which only `spinnsim serve` tells.
NEED_SERVE = {
    "test_issue483", "test_issue_465_474_630", "test_reset_recording", "test_record_vm_and_gsyn_from_assembly",
    "test_sampling_interval",
}  # fmt: skip


def scenarios() -> Path | None:
    """The folder of scenarios in a source distribution of PyNN that is at hand."""
    named = os.environ.get("SPINNSIM_PYNN_SOURCE")
    folders = [Path(named)] if named else sorted((CHECKOUT / ".build" / "python").glob("[pP]y[nN][nN]-*/"))
    for folder in folders:
        if (folder / "test" / "system" / "scenarios").is_dir():
            return folder / "test" / "system" / "scenarios"
    return None


def changes_are_taken() -> bool:
    """Whether the program can be told of a new value between two runs."""
    sim.setup(timestep=1.0)
    cells = sim.Population(1, sim.IF_curr_exp())
    sim.run(1.0)
    cells.set(i_offset=0.0)
    try:
        sim.run(1.0)
    except (EngineError, UnsupportedError):
        return False
    finally:
        sim.end()
    return True


def test_scenarios_pass_but_for_those_that_are_listed(tmp_path: Path):
    source = scenarios()
    if source is None:
        pytest.skip("no source distribution of PyNN: Scripts/install-dependencies --tests brings it")
    folder = tmp_path / "scenarios"
    shutil.copytree(source, folder)
    (folder / "fixtures.py").write_text(FIXTURES)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "--tb=line", "-p", "no:cacheprovider", "-W", "ignore",
         str(folder)],
        capture_output=True, text=True, timeout=900, cwd=tmp_path, env={**os.environ, "MPLBACKEND": "Agg"},
    )  # fmt: skip
    found = re.findall(r"^(PASSED|FAILED|ERROR) \S*::(\w+)", done.stdout, re.M)
    verdicts = {name: verdict for verdict, name in found}
    passed = {name for name, verdict in verdicts.items() if verdict == "PASSED"}
    failed = set(verdicts) - passed
    excused = set(NOT_HERE) | (set() if changes_are_taken() else NEED_CHANGES)
    excused |= set() if "serve" in binary.subcommands(binary.find()) else NEED_SERVE
    assert len(verdicts) > 60, done.stdout[-2000:]
    assert failed <= excused, f"{failed - excused}\n{done.stdout[-4000:]}"
    assert not passed & set(NOT_HERE), "these pass now: strike them from the list"
