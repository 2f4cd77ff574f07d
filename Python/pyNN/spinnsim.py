"""Lets ``import pyNN.spinnsim`` and ``pyNN.utility.get_simulator`` find the backend."""

from spinnsim.pynn import *  # noqa: F401, F403
