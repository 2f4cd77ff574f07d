"""Lets ``import pyNN.spiNNaker`` and sPyNNaker's own modules find this package: a finder that comes first."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.metadata
import sys
from types import ModuleType
from typing import Any

_HERE = "spinnsim.spynnaker"
_DIALECT = (
    "pyNN.spiNNaker", "spynnaker8", "spynnaker.pyNN", "pyNN.spinnaker",
)  # fmt: skip

SERVED: dict[str, str | None] = {
    **dict.fromkeys(_DIALECT, _HERE),
    "pyNN.spinnsim": "spinnsim.pynn",
    "spynnaker": None,
    "spynnaker.pyNN.utilities": None,
    "spynnaker.pyNN.utilities.neo_convertor": f"{_HERE}.neo_convertor",
    "spynnaker.pyNN.utilities.neo_compare": f"{_HERE}.neo_compare",
    "spynnaker.pyNN.utilities.neo_csv": f"{_HERE}.neo_csv",
    "spynnaker.pyNN.utilities.utility_calls": f"{_HERE}.utility_calls",
    "spynnaker.pyNN.utilities.constants": f"{_HERE}.constants",
    "spynnaker.pyNN.exceptions": f"{_HERE}.exceptions",
    "spynnaker.pyNN.external_devices": f"{_HERE}.external_devices",
    "spynnaker.pyNN.external_devices_models": f"{_HERE}.external_devices",
    "spynnaker.pyNN.external_devices_models.abstract_multicast_controllable_device": f"{_HERE}.external_devices",
    "spynnaker.pyNN.spynnaker_external_device_plugin_manager": f"{_HERE}.external_devices",
    "spynnaker.pyNN.extra_models": f"{_HERE}.extra_models",
    "spynnaker.pyNN.connections": f"{_HERE}.live",
    "spynnaker.pyNN.connections.spynnaker_live_spikes_connection": f"{_HERE}.live",
    "spynnaker.pyNN.connections.spynnaker_poisson_control_connection": f"{_HERE}.live",
    "spynnaker.pyNN.data": f"{_HERE}.data_view",
    "spynnaker.pyNN.data.spynnaker_data_view": f"{_HERE}.data_view",
    "spynnaker.pyNN.extra_algorithms": None,
    "spynnaker.pyNN.extra_algorithms.splitter_components": f"{_HERE}.splitters",
    "spynnaker.pyNN.models": None,
    "spynnaker.pyNN.models.populations": f"{_HERE}.populations",
    "spynnaker.pyNN.models.neuron": f"{_HERE}.internals",
    "spynnaker.pyNN.models.neuron.builds": f"{_HERE}.builds",
    "spynnaker.pyNN.models.neuron.synapse_dynamics": f"{_HERE}.internals",
    "spynnaker.pyNN.models.neuron.local_only": f"{_HERE}.synapses",
    "spynnaker.pyNN.models.neuron.plasticity": None,
    "spynnaker.pyNN.models.neuron.plasticity.stdp": None,
    "spynnaker.pyNN.models.neuron.plasticity.stdp.common": f"{_HERE}.internals",
    "spynnaker.pyNN.models.neural_projections": f"{_HERE}.projections",
    "spynnaker.pyNN.models.neural_projections.connectors": f"{_HERE}.connectors",
    "spynnaker.pyNN.models.utility_models": None,
    "spynnaker.pyNN.models.utility_models.spike_injector": f"{_HERE}.external_devices",
    "spynnaker.pyNN.models.spike_source": f"{_HERE}.cells",
    "spynnaker.pyNN.models.spike_source.spike_source_poisson_vertex": f"{_HERE}.foreign",
    "spynnaker.plot_utils": f"{_HERE}.plot_utils",
    "spynnaker.spike_checker": f"{_HERE}.spike_checker",
    "spynnaker.spynnaker_plotting": f"{_HERE}.plot_utils",
    "spynnaker8.utilities": None,
    "spynnaker8.utilities.neo_convertor": f"{_HERE}.neo_convertor",
    "spynnaker8.utilities.neo_compare": f"{_HERE}.neo_compare",
    "spynnaker8.extra_models": f"{_HERE}.extra_models",
    "spynnaker8.external_devices": f"{_HERE}.external_devices",
    "spynnaker8.spynnaker_plotting": f"{_HERE}.plot_utils",
    "spynnaker8.spynnaker8_plotting": f"{_HERE}.plot_utils",
    "spinn_front_end_common": None,
    "spinn_front_end_common.utilities": None,
    "spinn_front_end_common.utilities.globals_variables": f"{_HERE}.globals_variables",
    "spinn_front_end_common.utilities.exceptions": f"{_HERE}.exceptions",
    "spinn_front_end_common.utilities.database": f"{_HERE}.live",
    "spinn_front_end_common.utilities.database.database_connection": f"{_HERE}.live",
    "spinn_front_end_common.utilities.connections": f"{_HERE}.live",
    "spinn_front_end_common.interface": None,
    "spinn_front_end_common.interface.provenance": f"{_HERE}.provenance",
    "pacman": None,
    "pacman.exceptions": f"{_HERE}.foreign",
    "pacman.model": None,
    "pacman.model.constraints": f"{_HERE}.constraints",
    "pacman.model.constraints.placer_constraints": f"{_HERE}.constraints",
    "pacman.model.constraints.partitioner_constraints": f"{_HERE}.constraints",
    "pacman.model.partitioner_splitters": f"{_HERE}.foreign",
    "spinnman": None,
    "spinnman.exceptions": f"{_HERE}.foreign",
    "spinn_utilities": None,
    "spinn_utilities.exceptions": f"{_HERE}.foreign",
    "spinn_utilities.overrides": f"{_HERE}.tools",
    "spinn_utilities.log": f"{_HERE}.tools",
    "spinn_utilities.config_holder": f"{_HERE}.tools",
    "spinn_utilities.logger_utils": f"{_HERE}.tools",
}
_ROOTS = ("spynnaker", "spynnaker8", "spinn_front_end_common", "spinn_utilities", "pacman", "spinnman")


class _Loader(importlib.abc.Loader):
    def __init__(self, name: str) -> None:
        self.name = name

    def create_module(self, spec: Any) -> ModuleType | None:
        module = ModuleType(self.name)
        module.__dict__.update(names(self.name))
        module.__path__ = []
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Everything is there already."""


def names(module: str) -> dict[str, Any]:
    """What a module that is served has in it."""
    target = SERVED[module]
    served = {} if target is None else vars(importlib.import_module(target))
    return {name: value for name, value in served.items() if not _belongs_to_import(name)}


def _belongs_to_import(name: str) -> bool:
    return name in (
        "__name__",
        "__spec__",
        "__loader__",
        "__package__",
        "__path__",
        "__file__",
        "__builtins__",
        "__cached__",
    )


class Finder(importlib.abc.MetaPathFinder):
    """Serves the names in `SERVED`, and says of others under the same roots that they are not."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname in SERVED:
            return importlib.machinery.ModuleSpec(fullname, _Loader(fullname), is_package=True)
        if fullname.partition(".")[0] in _ROOTS:
            root = fullname.partition(".")[0]
            near = ", ".join(name for name in SERVED if name.startswith(root))
            raise ModuleNotFoundError(f"spinnsim does not serve {fullname}; of {root} it serves {near}", name=fullname)
        return None


def serve() -> bool:
    """Puts the finder first; false where it is there already."""
    if any(isinstance(finder, Finder) for finder in sys.meta_path):
        return False
    sys.meta_path.insert(0, Finder())
    return True


def install() -> None:
    """Serves the modules; those of their names that are loaded already are left behind."""
    if serve():
        for name in list(sys.modules):
            if name in SERVED or name.partition(".")[0] in _ROOTS:
                del sys.modules[name]


def stand_in_for(distribution: str) -> None:
    """Serves the modules from a package of their own. Throws `ImportError` where the real one is installed."""
    if any(each.metadata["Name"].lower() == distribution for each in importlib.metadata.distributions()):
        raise ImportError(
            f"{distribution} is installed: spinnsim-spynnaker does not stand in for it beside it; "
            "`python -m spinnsim script.py` runs a script on spinnsim all the same"
        )
    serve()


__all__ = ["SERVED", "Finder", "install", "names", "serve", "stand_in_for"]
