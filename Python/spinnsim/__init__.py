"""spinnsim: PyNN networks on an emulated SpiNNaker machine."""

from .results import Results, load

__version__ = "0.1.0"
__all__ = ["Results", "load", "__version__"]
