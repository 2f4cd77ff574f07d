"""The examples run, and the README shows them as they are."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import spinnsim
import spinnsim.spynnaker as sim

PYTHON = Path(__file__).resolve().parents[1]


def test_the_script_of_the_readme_is_the_example_and_draws_its_picture(tmp_path: Path):
    pytest.importorskip("matplotlib")
    script = PYTHON / "examples" / "ring.py"
    assert f"```python\n{script.read_text()}```" in (PYTHON.parent / "README.md").read_text()
    assert len(script.read_text().splitlines()) == 20 and script.with_suffix(".svg").stat().st_size < 100_000
    shutil.copy(script, tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "spinnsim", "ring.py"], cwd=tmp_path, capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(PYTHON), "MPLBACKEND": "Agg"},
    )  # fmt: skip
    assert done.returncode == 0 and (tmp_path / "ring.svg").read_text().startswith("<?xml"), done.stderr


def test_the_notebook_runs_and_shows_progress_tables_and_a_picture(tmp_path: Path):
    pytest.importorskip("matplotlib")
    notebook = PYTHON / "examples" / "ring.ipynb"
    shown = notebook.read_text()
    assert "step 58" in shown and ">cores</th><td>10</td>" in shown and '"image/png"' in shown
    (tmp_path / "ring.ipynb").write_text(shown.replace("60_000", "500"))
    done = subprocess.run(
        [sys.executable, "-m", "spinnsim", "ring.ipynb"], cwd=tmp_path, capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(PYTHON), "MPLBACKEND": "Agg"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.serve
def test_results_of_a_session_are_loaded_as_arrays_tables_and_blocks(tmp_path: Path):
    sim.setup(1.0, results=str(tmp_path / "results"))
    cells = sim.Population(5, sim.IF_curr_exp(i_offset=2.0), label="cells")
    cells.record(["spikes", "v"])
    sim.run(50)
    counts = cells.get_spike_counts()
    sim.end()
    results = spinnsim.load(tmp_path / "results")
    times, neurons = results.spikes["cells"]
    assert [int(sum(neurons == n)) for n in range(5)] == list(counts.values()) and len(times)
    segment = results.block("cells").segments[0]
    assert [len(train) for train in segment.spiketrains] == list(counts.values())
    assert segment.analogsignals[0].shape == results.report("cells", "v").values.shape == (50, 5)
    pytest.importorskip("pandas")
    assert len(results.spike_table()) == len(times) and results.report_table("cells", "v").shape == (50, 5)


def test_loading_needs_neither_pynn_nor_the_program(tmp_path: Path):
    code = (
        "import sys, spinnsim.results, spinnsim.neo_objects;"
        "print([name for name in sys.modules if name.lower().startswith('pynn')])"
    )
    environment = {**os.environ, "PYTHONPATH": str(PYTHON), "SPINNSIM_BINARY": str(tmp_path / "none")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=environment)
    assert done.stdout.strip() == "[]", done.stderr


def test_elephant_reads_what_is_loaded(tmp_path: Path):
    pytest.importorskip("elephant")
    sim.setup(1.0, results=str(tmp_path / "results"))
    cells = sim.Population(5, sim.IF_curr_exp(i_offset=[1.5, 1.6, 1.7, 1.8, 1.9]), label="cells")
    cells.record("spikes")
    sim.run(500)
    sim.end()
    command = [sys.executable, str(PYTHON / "examples" / "rates_by_elephant.py"), str(tmp_path / "results"), "cells"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120,
                          env={**os.environ, "PYTHONPATH": str(PYTHON)})  # fmt: skip
    assert "Hz, CV" in done.stdout, done.stderr
