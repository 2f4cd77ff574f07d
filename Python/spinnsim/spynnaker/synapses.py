"""sPyNNaker's synapses and rules."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyNN.standardmodels import STDPTimingDependence, STDPWeightDependence, build_translations

from ..errors import UnsupportedError
from ..expressions import DistanceExpression
from ..pynn.standardmodels import synapses
from ..pynn.standardmodels.synapses import EngineSynapse, TsodyksMarkramSynapse
from .exceptions import SynapticConfigurationException


def _given(name: str) -> property:
    def get(self: Any) -> Any:
        return self.parameter_space[name].base_value

    def put(self: Any, value: Any) -> None:
        self.parameter_space.update(**{name: value})

    return property(get, put)


_FUNCTIONS = {
    name: getattr(np, name)
    for name in ("exp", "log", "log10", "sqrt", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "sinh",
                 "cosh", "tanh", "power", "minimum", "maximum", "floor", "ceil", "absolute", "pi", "e")
}  # fmt: skip


def evaluated(expression: str, **names: Any) -> Any:
    """An expression of some names and NumPy's functions. Throws `NameError`, `SyntaxError`."""
    functions = {"__builtins__": {}, "abs": abs, "max": np.maximum, "min": np.minimum, **_FUNCTIONS}
    return eval(compile(expression, expression, "eval"), functions, names)


def by_distance(value: Any) -> Any:
    """A function of the distance, where a weight or a delay is an expression of `d`."""
    return DistanceExpression(value, lambda d: evaluated(value, d=d)) if isinstance(value, str) else value


class StaticSynapse(synapses.StaticSynapse):
    """Synapses that do not change."""

    weight = _given("weight")
    delay = _given("delay")

    def __init__(self, weight: Any = 0.0, delay: Any = None, pad_to_length: int | None = None) -> None:
        super().__init__(**{"weight": by_distance(weight), "delay": by_distance(delay)})


def _rule(name: str, base: type, kind: str, defaults: dict[str, Any], needed: tuple[str, ...] = ()) -> type:
    def begin(self: Any, *values: Any, **given: Any) -> None:
        given.update(zip(defaults, values, strict=False))
        given.pop("nearest", None)
        missing = [argument for argument in needed if argument not in given]
        if missing:
            raise TypeError(f"{name} needs {', '.join(missing)}")
        base.__init__(self, **given)

    return type(name, (base,), {
        "__init__": begin, "__doc__": f"sPyNNaker's {name}.", "kind": kind, "default_parameters": dict(defaults),
        "translations": build_translations(*((each, each) for each in defaults)), "possible_models": {"stdp"},
        "A_plus": _given("A_plus"), "A_minus": _given("A_minus"),
    })  # fmt: skip


_PAIR = {"tau_plus": 20.0, "tau_minus": 20.0, "A_plus": 0.01, "A_minus": 0.01}
SpikePairRule = _rule("SpikePairRule", STDPTimingDependence, "SpikePair", _PAIR)
SpikeNearestPairRule = _rule("SpikeNearestPairRule", STDPTimingDependence, "SpikeNearestPair", _PAIR)
_TRIPLET = {"tau_plus": 16.8, "tau_minus": 33.7, "tau_x": 101.0, "tau_y": 114.0, "A_plus": 0.01, "A_minus": 0.01}
PfisterSpikeTriplet = _rule("PfisterSpikeTriplet", STDPTimingDependence, "PfisterSpikeTriplet", _TRIPLET)
Vogels2011Rule = _rule(
    "Vogels2011Rule", STDPTimingDependence, "Vogels2011",
    {"alpha": 0.12, "tau": 20.0, "A_plus": 0.01, "A_minus": 0.01}, ("alpha",),
)  # fmt: skip
RecurrentRule = _rule(
    "RecurrentRule", STDPTimingDependence, "Recurrent",
    {"accumulator_depression": -6, "accumulator_potentiation": 6, "mean_pre_window": 35.0, "mean_post_window": 35.0,
     "dual_fsm": True, "A_plus": 0.01, "A_minus": 0.01},
)  # fmt: skip
_BOUNDS = {"w_min": 0.0, "w_max": 1.0}
AdditiveWeightDependence = _rule("AdditiveWeightDependence", STDPWeightDependence, "Additive", _BOUNDS)
MultiplicativeWeightDependence = _rule(
    "MultiplicativeWeightDependence", STDPWeightDependence, "Multiplicative", _BOUNDS
)
WeightDependenceAdditiveTriplet = _rule(
    "WeightDependenceAdditiveTriplet", STDPWeightDependence, "AdditiveTriplet",
    {**_BOUNDS, "A3_plus": 0.01, "A3_minus": 0.01},
)  # fmt: skip


def _constants(of: Any) -> dict[str, Any]:
    values = {"type": of.kind}
    for name in of.parameter_space.keys():
        value = of.parameter_space[name].base_value
        values[name] = value if isinstance(value, bool) else synapses.number(of.parameter_space, name)
    for name in ("accumulator_depression", "accumulator_potentiation"):
        if name in values:
            values[name] = int(values[name])
    if "dual_fsm" in values:
        values["dual_fsm"] = bool(values["dual_fsm"])
    return values


class STDPMechanism(synapses.STDPMechanism):
    """Synapses that learn from the times of spikes; amplitudes of additive rules are nA or µS."""

    def __init__(
        self, timing_dependence: Any = None, weight_dependence: Any = None, voltage_dependence: Any = None,
        dendritic_delay_fraction: float = 1.0, weight: Any = 0.0, delay: Any = None, pad_to_length: int | None = None,
        backprop_delay: bool = True,
    ) -> None:  # fmt: skip
        if voltage_dependence is not None:
            raise NotImplementedError("Voltage dependence has not been implemented")
        if not 0.5 <= float(dendritic_delay_fraction) <= 1.0:
            raise NotImplementedError("dendritic_delay_fraction must be in the interval [0.5, 1.0]")
        if float(dendritic_delay_fraction) != 1.0:
            raise NotImplementedError("All delays must be dendritic!")
        super().__init__(timing_dependence, weight_dependence, None, 1.0, by_distance(weight), by_distance(delay))
        self.backprop_delay = bool(backprop_delay)

    def entry(self) -> dict[str, Any]:
        return {
            "timing": _constants(self.timing_dependence),
            "weight_dependence": _constants(self.weight_dependence),
            "backprop_delay": self.backprop_delay,
        }


class LastNeuronSelection:
    """Sources that form synapses are those that spiked last."""

    def __init__(self, spike_buffer_size: int = 64) -> None:
        self.entry = {"type": "LastNeuronSelection", "spike_buffer_size": int(spike_buffer_size)}


class RandomSelection:
    """Sources that form synapses are drawn."""

    def __init__(self) -> None:
        self.entry = {"type": "RandomSelection"}


class DistanceDependentFormation:
    """Synapses form the likelier the nearer neurons are."""

    def __init__(self, grid: Any = (16, 16), p_form_forward: float = 0.16, sigma_form_forward: float = 2.5,
                 p_form_lateral: float = 1.0, sigma_form_lateral: float = 1.0) -> None:  # fmt: skip
        self.entry = {
            "type": "DistanceDependentFormation", "grid": [int(n) for n in grid], "p_form_forward": p_form_forward,
            "sigma_form_forward": sigma_form_forward, "p_form_lateral": p_form_lateral,
            "sigma_form_lateral": sigma_form_lateral,
        }  # fmt: skip


class RandomByWeightElimination:
    """Synapses go with one chance when they are weak, and with another when they are strong."""

    def __init__(self, threshold: float, prob_elim_depressed: float = 0.0245,
                 prob_elim_potentiated: float = 1.36e-4) -> None:  # fmt: skip
        self.entry = {
            "type": "RandomByWeightElimination", "threshold": float(threshold),
            "prob_elim_depressed": float(prob_elim_depressed), "prob_elim_potentiated": float(prob_elim_potentiated),
        }  # fmt: skip


class _Structural:
    """What structural synapses have, whether they learn or not."""

    def _structure(self, partner_selection: Any, formation: Any, elimination: Any, f_rew: float, initial_weight: float,
                   initial_delay: Any, s_max: int, with_replacement: bool, seed: int | None) -> None:  # fmt: skip
        delay = initial_delay
        self.structure = {
            "partner_selection": partner_selection.entry,
            "formation": formation.entry,
            "elimination": elimination.entry,
            "f_rew": float(f_rew),
            "initial_weight": float(initial_weight),
            "initial_delay": [float(d) for d in delay] if isinstance(delay, tuple | list) else float(delay),
            "s_max": int(s_max),
            "with_replacement": bool(with_replacement),
        }
        if seed is not None:
            self.structure["seed"] = int(seed)


class StructuralMechanismStatic(_Structural, StaticSynapse):
    """Synapses that come and go, and do not learn."""

    kind = "StructuralStatic"

    def __init__(self, partner_selection: Any, formation: Any, elimination: Any, f_rew: float = 10**4,
                 initial_weight: float = 0, initial_delay: Any = 1, s_max: int = 32, with_replacement: bool = True,
                 seed: int | None = None, weight: Any = 0.0, delay: Any = None) -> None:  # fmt: skip
        self._structure(partner_selection, formation, elimination, f_rew, initial_weight, initial_delay, s_max,
                        with_replacement, seed)  # fmt: skip
        StaticSynapse.__init__(self, weight, delay)

    def entry(self) -> dict[str, Any]:
        return self.structure


class StructuralMechanismSTDP(_Structural, STDPMechanism):
    """Synapses that come and go, and learn while they are there."""

    kind = "StructuralSTDP"

    def __init__(self, partner_selection: Any, formation: Any, elimination: Any, timing_dependence: Any = None,
                 weight_dependence: Any = None, voltage_dependence: Any = None, dendritic_delay_fraction: float = 1.0,
                 f_rew: float = 10**4, initial_weight: float = 0, initial_delay: Any = 1, s_max: int = 32,
                 with_replacement: bool = True, seed: int | None = None, weight: Any = 0.0, delay: Any = None,
                 backprop_delay: bool = True) -> None:  # fmt: skip
        self._structure(partner_selection, formation, elimination, f_rew, initial_weight, initial_delay, s_max,
                        with_replacement, seed)  # fmt: skip
        STDPMechanism.__init__(self, timing_dependence, weight_dependence, voltage_dependence,
                               dendritic_delay_fraction, weight, delay, None, backprop_delay)  # fmt: skip

    def entry(self) -> dict[str, Any]:
        return {**self.structure, **STDPMechanism.entry(self)}


class Neuromodulation(StaticSynapse):
    """Spikes that bring dopamine, to be joined with the receptor `reward` or `punishment`."""

    kind = "Neuromodulation"

    def __init__(self, weight: Any = 0.0, tau_c: float = 1000.0, tau_d: float = 200.0, w_min: float = 0.0,
                 w_max: float = 1.0) -> None:  # fmt: skip
        super().__init__(weight)
        self.constants = {"tau_c": tau_c, "tau_d": tau_d, "w_min": w_min, "w_max": w_max}

    def entry(self) -> dict[str, Any]:
        return {name: float(value) for name, value in self.constants.items()}


class WeightChangeable(StaticSynapse):
    """Synapses whose weights a `WeightChanger` changes."""

    kind = "WeightChangeable"

    def __init__(self, weight_min: float, weight_max: float, weight: Any = 0.0, delay: Any = None) -> None:
        super().__init__(weight, delay)
        self.bounds = {"w_min": float(weight_min), "w_max": float(weight_max)}

    def entry(self) -> dict[str, Any]:
        return self.bounds


class WeightChanger(StaticSynapse):
    """Spikes that change the weights of another projection onto their target."""

    kind = "WeightChanger"

    def __init__(self, weight_change: float, projection: Any) -> None:
        super().__init__()
        if getattr(projection.synapse_type, "kind", "") != "WeightChangeable":
            raise SynapticConfigurationException("The projection of a WeightChanger must be WeightChangeable")
        self.weight_change, self.projection = float(weight_change), projection

    def entry(self) -> dict[str, Any]:
        return {"weight_change": self.weight_change}


class Convolution(StaticSynapse):
    """Goes with a `ConvolutionConnector`, which has the weights."""

    def __init__(self, delay: Any = None) -> None:
        super().__init__(0.0, delay)


class PoolDense(Convolution):
    """Goes with a `PoolDenseConnector`, which has the weights."""


__all__ = [
    "AdditiveWeightDependence", "Convolution", "DistanceDependentFormation", "EngineSynapse", "LastNeuronSelection",
    "MultiplicativeWeightDependence", "Neuromodulation", "PfisterSpikeTriplet", "PoolDense",
    "RandomByWeightElimination", "RandomSelection", "RecurrentRule", "STDPMechanism", "SpikeNearestPairRule",
    "SpikePairRule", "StaticSynapse", "StructuralMechanismSTDP", "StructuralMechanismStatic", "TsodyksMarkramSynapse",
    "UnsupportedError", "Vogels2011Rule", "WeightChangeable", "WeightChanger", "WeightDependenceAdditiveTriplet",
]  # fmt: skip
