"""sPyNNaker's cells: PyNN's and its own, with state variables among the arguments."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from pyNN.parameters import Sequence
from pyNN.standardmodels import StandardCellType, build_translations

from ..pynn import simulator
from ..pynn.standardmodels.cells import EngineCell, times_of

logger = logging.getLogger("spinnsim")

_UNITS = {
    "v": "mV", "v_rest": "mV", "v_reset": "mV", "v_thresh": "mV", "tau_m": "ms", "tau_refrac": "ms", "tau_syn_E": "ms",
    "tau_syn_I": "ms", "tau_syn_E2": "ms", "cm": "nF", "i_offset": "nA", "e_rev_E": "mV", "e_rev_I": "mV",
    "u": "mV/ms", "spikes": "dimensionless", "rate": "Hz", "start": "ms", "duration": "ms", "spike_times": "ms",
    "packets-per-timestep": "count", "rewiring": "",
}  # fmt: skip


class SpynnakerCell(EngineCell, StandardCellType):
    """A cell whose state can be given like a parameter, and whose class says how many go on a core."""

    ignored: tuple[str, ...] = ()
    absolute_max_atoms_per_core = 1_000_000

    def __init__(self, *values: Any, **parameters: Any) -> None:
        parameters.update(zip(self.default_parameters, values, strict=False))
        for name in self.ignored:
            parameters.pop(name, None)
        state = {name: parameters.pop(name) for name in list(parameters) if name in self.default_initial_values}
        super().__init__(**{name: _plain(value) for name, value in parameters.items() if value is not None})
        self.default_initial_values = {**type(self).default_initial_values, **state}

    def engine_parameters(self, population: Any) -> dict[str, Any]:
        """Parameters as the machine has them: a refractory time that was drawn below 0 is none."""
        parameters = dict(population._parameters)
        refractory = parameters.get("tau_refrac")
        if refractory is not None and np.any(np.asarray(refractory) < 0):
            logger.warning("%s: %s: a tau_refrac below 0 is 0", population.origin, population.label)
            parameters["tau_refrac"] = np.maximum(refractory, 0)
        return parameters

    @classmethod
    def get_max_atoms_per_core(cls) -> Any:
        """The most neurons on a core that were asked for."""
        return simulator.state.per_core.get(cls)

    @classmethod
    def set_model_max_atoms_per_dimension_per_core(cls, new_value: Any = None) -> None:
        """The most neurons on a core, one number or one for each dimension of the population."""
        if new_value is None:
            simulator.state.per_core.pop(cls, None)
        else:
            simulator.state.per_core[cls] = new_value

    set_model_max_atoms_per_core = set_model_max_atoms_per_dimension_per_core

    @classmethod
    def get_model_max_atoms_per_dimension_per_core(cls) -> Any:
        """The most neurons on a core that were asked for."""
        return simulator.state.per_core.get(cls)

    @classmethod
    def set_model_n_synapse_cores(cls, new_value: int | None = None) -> None:
        """Synapse cores beside each neuron core."""
        if new_value is None:
            simulator.state.synapse_cores.pop(cls, None)
        else:
            simulator.state.synapse_cores[cls] = new_value


def _plain(value: Any) -> Any:
    return np.asarray(value) if isinstance(value, tuple) else value


def _cell(
    name: str,
    parameters: dict[str, float],
    state: dict[str, float],
    conductance: bool = False,
    model: str | None = None,
    receptors: tuple[str, ...] = ("excitatory", "inhibitory"),
    ignored: tuple[str, ...] = (),
) -> type[SpynnakerCell]:
    recordable = ["spikes", "v", "gsyn_exc", "gsyn_inh", "packets-per-timestep", "rewiring"]
    recordable += [variable for variable in state if variable not in recordable]
    units = {variable: _UNITS.get(variable, "") for variable in [*parameters, *recordable]}
    units["gsyn_exc"] = units["gsyn_inh"] = "uS" if conductance else "nA"
    members = {
        "__doc__": f"sPyNNaker's {name}.",
        "model": model or name,
        "default_parameters": dict(parameters),
        "default_initial_values": dict(state),
        "translations": build_translations(*((each, each) for each in parameters)),
        "recordable": recordable,
        "receptor_types": receptors,
        "conductance_based": conductance,
        "injectable": True,
        "units": units,
        "ignored": ignored,
    }
    return type(name, (SpynnakerCell,), members)


_LEAK = {
    "tau_m": 20.0, "cm": 1.0, "v_rest": -65.0, "v_reset": -65.0, "v_thresh": -50.0, "tau_refrac": 0.1, "i_offset": 0.0
}  # fmt: skip
_SYN = {"tau_syn_E": 5.0, "tau_syn_I": 5.0}
_SYN2 = {"tau_syn_E2": 5.0}
_REV = {"e_rev_E": 0.0, "e_rev_I": -70.0}
_STATE = {"v": -65.0, "isyn_exc": 0.0, "isyn_inh": 0.0}
_IZK = {"a": 0.02, "b": 0.2, "c": -65.0, "d": 2.0, "i_offset": 0.0}
_IZK_STATE = {"v": -70.0, "u": -14.0, "isyn_exc": 0.0, "isyn_inh": 0.0}
_THREE = ("excitatory", "excitatory2", "inhibitory")

IF_curr_exp = _cell("IF_curr_exp", {**_LEAK, **_SYN}, _STATE)
IF_cond_exp = _cell("IF_cond_exp", {**_LEAK, **_SYN, **_REV}, _STATE, True)
IF_curr_alpha = _cell(
    "IF_curr_alpha",
    {**_LEAK, "tau_syn_E": 0.5, "tau_syn_I": 0.5},
    {"v": -65.0, "exc_response": 0.0, "exc_exp_response": 0.0, "inh_response": 0.0, "inh_exp_response": 0.0},
)
IF_curr_delta = _cell("IF_curr_delta", _LEAK, _STATE)
IF_curr_dual_exp = _cell("IF_curr_dual_exp", {**_LEAK, **_SYN, **_SYN2}, {**_STATE, "isyn_exc2": 0.0}, receptors=_THREE)
IF_curr_exp_sEMD = _cell(
    "IF_curr_exp_sEMD",
    {**_LEAK, **_SYN, **_SYN2, "scaling_factor": 1.0},
    {**_STATE, "isyn_exc2": 0.0, "multiplicator": 0.0, "exc2_old": 0.0},
    receptors=_THREE,
)
IFCondExpStoc = _cell("IFCondExpStoc", {**_LEAK, **_SYN, **_REV, "du_th": 0.5, "tau_th": 20.0}, _STATE, True)
IFCurrExpCa2Adaptive = _cell(
    "IFCurrExpCa2Adaptive", {**_LEAK, **_SYN, "tau_ca2": 50.0, "i_alpha": 0.1}, {**_STATE, "i_ca2": 0.0}
)
IFCurrDeltaCa2Adaptive = _cell(
    "IFCurrDeltaCa2Adaptive", {**_LEAK, "tau_ca2": 50.0, "i_alpha": 0.1}, {**_STATE, "i_ca2": 0.0}
)
IFCurrDeltaFixedProb = _cell(
    "IFCurrDeltaFixedProb",
    {"tau_m": 0.0001, "cm": 0.0001, "v_rest": 0.0, "v_reset": 0.0, "v_thresh": 1.0, "p_thresh": 1.0,
     "tau_refrac": 0.0, "i_offset": 0.0},
    {"v": 0.0, "isyn_exc": 0.0, "isyn_inh": 0.0},
    ignored=("seed",),
)  # fmt: skip
IFTruncDelta = _cell(
    "IFTruncDelta",
    {"tau_m": 1.0, "cm": 1.0, "v_reset": 0.0, "v_thresh": 1.0, "tau_refrac": 1.0, "i_offset": 0.0},
    {"v": 0.0, "isyn_exc": 0.0, "isyn_inh": 0.0},
)
Izhikevich = _cell("Izhikevich", {**_IZK, **_SYN}, _IZK_STATE)
Izhikevich_cond = _cell("Izhikevich_cond", {**_IZK, **_SYN, **_REV}, _IZK_STATE, True)
Izhikevich_cond_dual = _cell(
    "Izhikevich_cond_dual", {**_IZK, **_SYN, **_SYN2, **_REV}, {**_IZK_STATE, "isyn_exc2": 0.0}, True, receptors=_THREE
)
_STOCHASTIC = ("seed", "refract_init", "v_init")
_STOCHASTIC_STATE = {"v": 0.0, "isyn_exc": 0.0, "isyn_inh": 0.0}
StocExp = _cell("StocExp", {"tau": 10.0, "bias": 0.0}, _STOCHASTIC_STATE, ignored=_STOCHASTIC)
StocExpStable = _cell(
    "StocExpStable",
    {"v_reset": 0.0, "tau": 0.1, "tau_refrac": 1.0, "bias": 0.0},
    _STOCHASTIC_STATE,
    ignored=_STOCHASTIC,
)
StocSigma = _cell("StocSigma", {"tau_refrac": 1.0, "alpha": 1.0, "bias": 0.0}, _STOCHASTIC_STATE, ignored=_STOCHASTIC)


class _Source(SpynnakerCell):
    recordable = ["spikes"]
    receptor_types = ()
    injectable = False
    conductance_based = False
    source = True
    default_initial_values: dict[str, float] = {}
    units = dict(_UNITS)


class SpikeSourceArray(_Source):
    """Spikes at given times (ms), each sent in the step that it falls into or before."""

    model = "SpikeSourceArray"
    default_parameters = {"spike_times": Sequence([])}
    translations = build_translations(("spike_times", "spike_times"))

    def __init__(self, spike_times: Any = None) -> None:
        super().__init__(spike_times=_lists(spike_times))

    def engine_parameters(self, population: Any) -> dict[str, Any]:
        """Times [size] that the machine can send: negative ones are none."""
        lists = times_of(population._parameters["spike_times"], population.size)
        return {"spike_times": [times[times >= 0] for times in lists]}


def _lists(times: Any) -> Any:
    """Spike times as PyNN takes them: one list for all, or one for each source."""
    if times is None:
        return Sequence([])
    if isinstance(times, int | float | np.number):
        return Sequence([float(times)])
    if isinstance(times, Sequence):
        return times
    times = list(times) if not isinstance(times, np.ndarray) else times
    if len(times) and any(np.iterable(getattr(each, "value", each)) for each in times):
        lists = [Sequence(np.atleast_1d(np.asarray(getattr(each, "value", each), float))) for each in times]
        whole = np.empty(len(lists), dtype=object)
        whole[:] = lists
        return whole
    return Sequence(np.asarray(times, dtype=float))


class SpikeSourcePoisson(_Source):
    """Poisson trains: rate (Hz), start and duration (ms)."""

    model = "SpikeSourcePoisson"
    default_parameters = {"rate": 0.0, "start": 0.0, "duration": 1e10}
    translations = build_translations(("rate", "rate"), ("start", "start"), ("duration", "duration"))
    ignored = ("max_rate", "seed")


class SpikeSourcePoissonVariable(_Source):
    """Poisson trains whose rates (Hz) change at `starts` (ms)."""

    model = "SpikeSourcePoissonVariable"
    default_parameters = {"rates": Sequence([]), "starts": Sequence([]), "durations": Sequence([])}
    translations = build_translations(*((name, name) for name in ("rates", "starts", "durations")))

    def __init__(self, rates: Any, starts: Any, durations: Any = None) -> None:
        given = {"rates": _lists(rates), "starts": _lists(starts)}
        if durations is not None:
            given["durations"] = _lists(durations)
        super().__init__(**given)

    def engine_parameters(self, population: Any) -> dict[str, Any]:
        """Lists [size] of rates, starts and, where given, durations."""
        parameters = {}
        for name, value in population._parameters.items():
            lists = times_of(value, population.size)
            if any(len(each) for each in lists):
                parameters[name] = lists
        return parameters


class SpikeSourceFromFile(SpikeSourceArray):
    """Spikes out of a text file of neuron and time (ms), a pair a line."""

    def __init__(self, spike_time_file: str, min_atom: float = 0, max_atom: float = np.inf, min_time: float = 0,
                 max_time: float = np.inf, split_value: str = "\t") -> None:  # fmt: skip
        table = np.loadtxt(spike_time_file, delimiter=split_value or None, ndmin=2)
        inside = (table[:, 0] >= min_atom) & (table[:, 0] <= max_atom)
        inside &= (table[:, 1] >= min_time) & (table[:, 1] <= max_time)
        table = table[inside]
        count = int(table[:, 0].max()) + 1 if len(table) else 1
        super().__init__([np.sort(table[table[:, 0] == neuron, 1]) for neuron in range(count)])


class SpikeInjectorCell(_Source):
    """A source whose spikes come from outside while a run goes on."""

    model = "SpikeInjector"
    default_parameters: dict[str, Any] = {}
    translations: dict[str, Any] = {}

    def __init__(self, notify: bool = True, database_notify_host: str | None = None,
                 database_notify_port_num: int | None = None, database_ack_port_num: int | None = None,
                 **hints: Any) -> None:  # fmt: skip
        super().__init__()
        told = (database_notify_host, database_notify_port_num, database_ack_port_num)
        self.told = told if notify else (None, None)
        self.virtual_key = hints.get("virtual_key")
