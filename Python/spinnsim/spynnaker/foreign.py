"""Names of the tools below sPyNNaker that scripts import: exceptions, and splitters that nothing here heeds."""

from __future__ import annotations

from .exceptions import ConfigurationException, SimulatorShutdownException, SpinnFrontEndException
from .splitters import SplitterSliceLegacy


class PacmanException(SpinnFrontEndException):
    """The network does not go onto the machine."""


class PacmanPartitionException(PacmanException):
    """A population cannot be cut into cores."""


class PacmanConfigurationException(PacmanException):
    """The mapping cannot be done as asked."""


class SpinnmanException(Exception):
    """The machine does not answer: the emulated one does."""


class SpinnmanTimeoutException(SpinnmanException):
    """The machine does not answer in time: the emulated one does."""


class SpiNNManCoresNotInStateException(SpinnmanTimeoutException):
    """Cores are not where they should be: emulated ones are."""


class SplitterFixedLegacy(SplitterSliceLegacy):
    """Cores of equal size."""


class SplitterOneToOneLegacy(SplitterSliceLegacy):
    """One core."""


DURATION_FOREVER = 0xFFFFFFFF

__all__ = [
    "DURATION_FOREVER", "ConfigurationException", "PacmanConfigurationException", "PacmanException",
    "PacmanPartitionException", "SimulatorShutdownException", "SpiNNManCoresNotInStateException", "SpinnmanException",
    "SpinnmanTimeoutException", "SplitterFixedLegacy", "SplitterOneToOneLegacy",
]  # fmt: skip
