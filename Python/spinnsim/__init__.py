"""spinnsim: PyNN networks on an emulated SpiNNaker machine."""

from .lazily import load_when_used
from .results import Results, load

load_when_used("csa")

__version__ = "0.1.0"
__all__ = ["Results", "load", "__version__"]


def load_ipython_extension(ipython: object) -> None:
    """What ``%load_ext spinnsim`` calls."""
    from .jupyter import load_ipython_extension as load_extension

    load_extension(ipython)
