"""PyNN's cells as the engine has them: its words are PyNN's, so that nothing is translated."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyNN.standardmodels import build_translations, cells

from ...errors import UnsupportedError

_INPUTS = {"gsyn_exc": "isyn_exc", "gsyn_inh": "isyn_inh"}


class EngineCell:
    """
    What the document and the recorder ask of every cell.

    `model` is the engine's name; `state_names` says which of the engine's state variables a variable is, and
    `input_scale` what a unit of synaptic input is there.
    """

    model: str
    state_names: dict[str, str] = {}
    input_scale = 1.0
    source = False

    @classmethod
    def exact_times(cls, population: Any, until: float) -> tuple[np.ndarray, np.ndarray] | None:
        """Spikes that are known without asking the engine: times (ms) and neurons."""
        return None


def _adapted(base: type, model: str, receptors: Any = None, **attributes: Any) -> type:
    members: dict[str, Any] = {
        "__doc__": base.__doc__,
        "model": model,
        "translations": build_translations(*((name, name) for name in base.default_parameters)),
    }
    units = dict(base.units)
    units.setdefault("gsyn_exc", "uS" if base.conductance_based else "nA")
    units.setdefault("gsyn_inh", "uS" if base.conductance_based else "nA")
    recordable = list(base.recordable)
    if recordable != ["spikes"]:
        recordable += [name for name in ("gsyn_exc", "gsyn_inh") if name not in recordable]
    members.update(units=units, recordable=recordable, **attributes)
    if receptors:
        members["receptor_types"] = receptors
    return type(base.__name__, (EngineCell, base), members)


_CURRENT = {"state_names": _INPUTS}
_CONDUCTANCE = {"state_names": _INPUTS, "input_scale": 1024.0}

IF_curr_exp = _adapted(cells.IF_curr_exp, "IF_curr_exp", **_CURRENT)
IF_curr_alpha = _adapted(cells.IF_curr_alpha, "IF_curr_alpha")
IF_curr_delta = _adapted(cells.IF_curr_delta, "IF_curr_delta", **_CURRENT)
IF_cond_exp = _adapted(cells.IF_cond_exp, "IF_cond_exp", **_CONDUCTANCE)
IF_cond_alpha = _adapted(cells.IF_cond_alpha, "IF_cond_alpha")
IF_cond_exp_gsfa_grr = _adapted(cells.IF_cond_exp_gsfa_grr, "IF_cond_exp_gsfa_grr")
IF_facets_hardware1 = _adapted(cells.IF_facets_hardware1, "IF_facets_hardware1")
EIF_cond_exp_isfa_ista = _adapted(cells.EIF_cond_exp_isfa_ista, "EIF_cond_exp_isfa_ista")
EIF_cond_alpha_isfa_ista = _adapted(cells.EIF_cond_alpha_isfa_ista, "EIF_cond_alpha_isfa_ista")
HH_cond_exp = _adapted(cells.HH_cond_exp, "HH_cond_exp", ("excitatory", "inhibitory"))
Izhikevich = _adapted(cells.Izhikevich, "Izhikevich", ("excitatory", "inhibitory"), **_CURRENT)
SpikeSourcePoisson = _adapted(cells.SpikeSourcePoisson, "SpikeSourcePoisson", source=True)


class SpikeSourceArray(EngineCell, cells.SpikeSourceArray):
    __doc__ = cells.SpikeSourceArray.__doc__
    model = "SpikeSourceArray"
    source = True
    units = {"spikes": "dimensionless", "spike_times": "ms"}
    translations = build_translations(("spike_times", "spike_times"))

    @classmethod
    def exact_times(cls, population: Any, until: float) -> tuple[np.ndarray, np.ndarray] | None:
        """The times that were given, not those of the steps they were sent in; of times replaced, those sent before."""
        lists = times_of(population._parameters["spike_times"], population.size)
        times = np.concatenate(lists) if lists else np.empty(0)
        neurons = np.repeat(np.arange(population.size), [len(each) for each in lists])
        if population.sent is not None:
            since, (earlier, senders) = population.sent
            left = times >= since
            times, neurons = np.concatenate([earlier, times[left]]), np.concatenate([senders, neurons[left]])
        order = np.argsort(times, kind="stable")
        times, neurons = times[order], neurons[order]
        return times[times <= until], neurons[times <= until]


def times_of(value: Any, size: int) -> list[np.ndarray]:
    """Spike times [size] as arrays, of a `Sequence` for all or an array of them."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        return [np.asarray(getattr(each, "value", each), dtype=float) for each in value]
    times = np.atleast_1d(np.asarray(getattr(value, "value", value), dtype=float))
    return [times] * size


class _Drawn(SpikeSourceArray):
    """A source whose spikes are drawn here, and sent as they are."""

    source_class: type
    horizon = 100_000.0

    @classmethod
    def drawn(cls, population: Any, rng: Any) -> list[np.ndarray]:
        raise NotImplementedError


def _renewal(base: type, shape: Any) -> type:
    class Source(EngineCell, base):
        __doc__ = base.__doc__
        model = "SpikeSourceArray"
        source = True
        units = {"spikes": "dimensionless"}
        translations = build_translations(*((name, name) for name in base.default_parameters))

        def spike_times(self, population: Any, rng: Any, until: float) -> list[np.ndarray]:
            """Times [size] up to `until` ms, drawn from `rng`."""
            lists = []
            for neuron in range(population.size):
                values = {
                    name: float(value[neuron] if isinstance(value, np.ndarray) else value)
                    for name, value in population._parameters.items()
                }
                start, stop = values["start"], min(until, values["start"] + values["duration"])
                rate = max(values["rate"] if "rate" in values else values["beta"] / values["alpha"], 1e-9) / 1000
                count = int((max(stop - start, 0) * rate + 10) * 2 + 50)
                times = start + np.cumsum(shape(rng, count, rate, values))
                lists.append(times[times < stop])
            return lists

    Source.__name__ = base.__name__
    return Source


SpikeSourcePoissonRefractory = _renewal(
    cells.SpikeSourcePoissonRefractory,
    lambda rng, n, rate, p: p["tau_refrac"] + rng.exponential(max(1 / rate - p["tau_refrac"], 1e-6), n),
)
SpikeSourceGamma = _renewal(cells.SpikeSourceGamma, lambda rng, n, rate, p: rng.gamma(p["alpha"], 1000 / p["beta"], n))


class _Refusing(type):
    """A class of which nothing can be used."""

    refusal: tuple[str, str, str]

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise UnsupportedError(*cls.refusal)


def unavailable(name: str, why: str, instead: str = "") -> type:
    """A class by that name which says at its first use why there is none."""

    def refuse(self: Any, *args: Any, **kwargs: Any) -> None:
        raise UnsupportedError(name, why, instead)

    return _Refusing(name, (), {"__init__": refuse, "__doc__": f"Not here: {why}.", "refusal": (name, why, instead)})


GIF_cond_exp = unavailable(
    "GIF_cond_exp", "the engine has no such cell", "there are EIF_cond_exp_isfa_ista and IF_cond_exp_gsfa_grr"
)
SpikeSourceInhGamma = unavailable("SpikeSourceInhGamma", "not drawn here", "there is SpikeSourceGamma")
