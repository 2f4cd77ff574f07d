"""What importing the package brings, and what it leaves."""

import subprocess
import sys

import pytest


def test_matplotlib_comes_with_the_first_use_of_csa():
    pytest.importorskip("matplotlib")
    code = (
        "import sys, spinnsim.spynnaker; early = 'matplotlib' in sys.modules; import csa;"
        "print(early, csa.arity(csa.cset(csa.oneToOne, 1.0, 2.0)), 'matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["False", "2", "True"], done.stderr
