"""sPyNNaker's modules by their older name, served by spinnsim."""

from spinnsim import aliases

aliases.stand_in_for("spynnaker")
globals().update(aliases.names("spynnaker8"))
__path__: list[str] = []
