"""sPyNNaker's modules, served by spinnsim."""

from spinnsim import aliases

aliases.stand_in_for("spynnaker")
__path__: list[str] = []
