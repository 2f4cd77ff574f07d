"""Exceptions by the names that sPyNNaker gives them."""

from __future__ import annotations

from ..errors import SpinnsimError


class SpinnFrontEndException(SpinnsimError):
    """Anything that went wrong."""


class ConfigurationException(SpinnFrontEndException):
    """Asked for something that cannot be."""


class SpynnakerException(SpinnFrontEndException):
    """Something went wrong in a network."""


class SynapticConfigurationException(ConfigurationException):
    """Synapses that cannot be."""


class InvalidParameterType(SpynnakerException):
    """A parameter of the wrong type."""


class SimulatorNotSetupException(SpinnFrontEndException):
    """`setup` comes first."""


class SimulatorShutdownException(SpinnFrontEndException):
    """`end` has been called."""


class SimulatorRunningException(SpinnFrontEndException):
    """Not while a run goes on."""


class SynapticBlockGenerationException(ConfigurationException):
    """Synapses that cannot be made."""


class SynapticBlockReadException(ConfigurationException):
    """Synapses that cannot be read."""


class SynapticMaxIncomingAtomsSupportException(ConfigurationException):
    """Too many sources."""


class DelayExtensionException(ConfigurationException):
    """Delays that are too long."""


class FilterableException(SpynnakerException):
    """Edges that cannot be filtered."""


class MemReadException(SpynnakerException):
    """Memory that cannot be read."""


class SpynnakerSplitterConfigurationException(ConfigurationException):
    """Cores that cannot be cut like this."""
