"""What the plotting scripts share: matplotlib where there is none yet, and the look of the pictures."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COLOURS = ["#2166ac", "#d6604d", "#1b9e77", "#8e63b5", "#c98a00", "#4aa3c7"]


def with_matplotlib(*packages):
    """Starts the calling script again in a Python that has matplotlib, which is installed into .build/plots."""
    try:
        for package in ("matplotlib", *packages):
            __import__(package)
        return
    except ImportError:
        pass
    folder = ROOT / ".build" / "plots"
    python = folder / "bin" / "python"
    if Path(sys.prefix) == folder or not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([python, "-m", "pip", "install", "-q", "matplotlib", *packages], check=True)
    os.execv(python, [str(python), *sys.argv])


def plain_axes(axes, **labels):
    """Grid behind, no frame on top and right."""
    axes.set(**labels)
    axes.grid(True, which="major", color="#e4e8ec", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def save(figure, path):
    """Writes a picture as SVG and PNG."""
    for kind in ("svg", "png"):
        figure.savefig(f"{path}.{kind}", dpi=130, metadata={"Date": None} if kind == "svg" else None)
        print(f"{path}.{kind}")
