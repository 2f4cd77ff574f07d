"""PyNN's own scenarios, out of its source distribution, run with this backend."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]

# Functions that are not run, and why.
SKIPPED = {
    "test_composed_neuron_model_homogeneous_receptors": "PointNeuron with named receptors is no cell of the machine",
    "test_simple_stochastic_synapse": "the machine has no stochastic synapses",
    "test_scenario5": "gap junctions and multiple compartments",
}

# Functions that fail, and why.
FAILING = {
    "test_scenario2": "spike times of the chip's arithmetic are 4.9 % off at steps of 0.01 ms, the limit is 0.5 %",
}

FIXTURES = """
import pytest
import spinnsim.pynn

def run_with_simulators(*names):
    return pytest.mark.parametrize("sim", [pytest.param(spinnsim.pynn, id="spinnsim")])
"""

MARKS = f"""
import pytest

def pytest_collection_modifyitems(items):
    for item in items:
        name = item.originalname
        if name in {SKIPPED!r}:
            item.add_marker(pytest.mark.skip(reason={SKIPPED!r}[name]))
        if name in {FAILING!r}:
            item.add_marker(pytest.mark.xfail(reason={FAILING!r}[name], strict=True))
"""


def scenarios() -> Path | None:
    """The folder of scenarios in a source distribution of PyNN that is at hand."""
    named = os.environ.get("SPINNSIM_PYNN_SOURCE")
    folders = [Path(named)] if named else sorted((CHECKOUT / ".build" / "python").glob("[pP]y[nN][nN]-*/"))
    for folder in folders:
        if (folder / "test" / "system" / "scenarios").is_dir():
            return folder / "test" / "system" / "scenarios"
    return None


def table(verdicts: dict[str, str], seconds: float) -> str:
    """The verdicts in Markdown, a row a function."""
    reasons = {**SKIPPED, **FAILING}
    counts = {verdict: list(verdicts.values()).count(verdict) for verdict in sorted(set(verdicts.values()))}
    lines = [", ".join(f"{count} {verdict}" for verdict, count in counts.items()) + f" in {seconds:.0f} s", ""]
    lines += ["| function | verdict |", "|---|---|"]
    for name, verdict in sorted(verdicts.items()):
        lines.append(f"| `{name}` | {verdict}{': ' + reasons[name] if name in reasons else ''} |")
    return "\n".join(lines) + "\n"


@pytest.mark.serve
@pytest.mark.skipif(scenarios() is None, reason="no source of PyNN: Scripts/install-dependencies --tests brings it")
def test_scenarios_pass_but_for_those_that_are_listed(tmp_path: Path, pytestconfig: pytest.Config):
    folder = tmp_path / "scenarios"
    shutil.copytree(scenarios(), folder)
    (folder / "fixtures.py").write_text(FIXTURES)
    (folder / "conftest.py").write_text(MARKS)
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "--tb=line", "-p", "no:cacheprovider", "-W", "ignore", str(folder)],
        capture_output=True, text=True, timeout=900, cwd=tmp_path, env={**os.environ, "MPLBACKEND": "Agg"},
    )  # fmt: skip
    seconds = time.monotonic() - begin
    words = {"PASSED": "passes", "SKIPPED": "skipped", "XFAIL": "fails as expected"}
    found = re.findall(r"^\S*::(\w+)\S* (PASSED|SKIPPED|XFAIL|FAILED|ERROR)", done.stdout, re.M)
    verdicts = {name: words.get(verdict, "FAILS") for name, verdict in found}
    pytestconfig.scenarios = table(verdicts, seconds)  # type: ignore[attr-defined]
    assert len(verdicts) == 66, done.stdout[-2000:]
    assert {name for name, verdict in verdicts.items() if verdict == "skipped"} == set(SKIPPED)
    assert {name for name, verdict in verdicts.items() if verdict == "fails as expected"} == set(FAILING)
    assert "FAILS" not in verdicts.values(), done.stdout[-4000:]
