"""Ranks, and what becomes of a session when one of its parts ends."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_sessions import data, network

import spinnsim.spynnaker as sim
from spinnsim.errors import EngineError
from spinnsim.pynn import simulator

ENDLESS = """
import os, sys, spinnsim.spynnaker as sim
from spinnsim.pynn import simulator
sim.setup(1.0, ranks=int(sys.argv[1]))
sim.Population(10, sim.IF_curr_exp())
sim.run(5)
session = simulator.state.session
print(session._process.pid, session._folder, session.hello["folder"], flush=True)
simulator.state.advance(None)
"""


def _alive(process: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


def _family(process: int) -> Iterator[int]:
    yield process
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from _family(int(child))


def _until(holds, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(holds())


def test_ranks_do_not_matter(monkeypatch: pytest.MonkeyPatch):
    results = []
    for ranks in (1, 3, 8):
        monkeypatch.setenv("SPINNSIM_RANKS", str(ranks))
        _, cells = network()
        sim.run(50)
        cells.set(i_offset=0.9)
        sim.run(30)
        results.append(data(cells))
        sim.end()
    assert results[0] == results[1] == results[2] and len(results[0][0]) > 10


@pytest.mark.serve
@pytest.mark.parametrize("ranks", [1, 2])
def test_nothing_is_left_two_seconds_after_a_script_was_killed(tmp_path: Path, ranks: int):
    script = tmp_path / "script.py"
    script.write_text(ENDLESS)
    running = subprocess.Popen([sys.executable, str(script), str(ranks)], stdout=subprocess.PIPE, text=True)
    process, folder, temporary = running.stdout.readline().split()
    family = list(_family(int(process)))
    assert len(family) >= ranks and _alive(int(process)) and (Path(folder) / "socket").exists()
    running.kill()
    running.wait()
    assert _until(lambda: not any(map(_alive, family)), 2)
    assert not (Path(folder) / "socket").exists() and not Path(temporary).exists()


@pytest.mark.serve
def test_a_killed_rank_is_one_exception_and_the_next_network_runs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SPINNSIM_RANKS", "2")
    _, cells = network()
    sim.run(5)
    ranks = [process for process in _family(simulator.state.session._process.pid)
             if "--socket" in Path(f"/proc/{process}/cmdline").read_text()]  # fmt: skip
    threading.Timer(0.3, os.kill, (ranks[-1], signal.SIGKILL)).start()
    begin = time.monotonic()
    with pytest.raises(EngineError):
        simulator.state.advance(None)
    assert time.monotonic() - begin < 8
    monkeypatch.setenv("SPINNSIM_RANKS", "1")
    _, cells = network()
    sim.run(20)
    assert len(data(cells)[1]) == 20
    sim.end()


@pytest.mark.serve
def test_an_interrupt_ends_a_run_and_not_the_session():
    _, cells = network()
    sim.run(5)
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt, match="the session can go on"):
        simulator.state.advance(None)
    stopped = round(sim.get_current_time())
    assert stopped > 5
    sim.run(10)
    assert len(data(cells)[1]) == stopped + 10
    sim.end()
