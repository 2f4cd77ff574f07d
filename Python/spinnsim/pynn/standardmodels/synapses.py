"""PyNN's synapses as the engine has them."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyNN.parameters import LazyArray
from pyNN.standardmodels import build_translations, synapses

from ...errors import UnsupportedError
from ...expressions import DistanceExpression
from .. import simulator
from .cells import unavailable


class EngineSynapse:
    """What the document asks of every synapse type: `kind` is the engine's word, `entry` what goes with it."""

    kind = "Static"

    def __init__(self, *arguments: Any, **parameters: Any) -> None:
        named = {name: _by_distance(value) for name, value in parameters.items()}
        super().__init__(*map(_by_distance, arguments), **named)

    def _get_minimum_delay(self) -> float:
        return simulator.state.smallest_delay

    def entry(self) -> dict[str, Any]:
        """Keys of the topology's `synapse` beside `type`, `weight` and `delay`."""
        return {}

    @property
    def plastic(self) -> bool:
        return self.kind != "Static"


def _by_distance(value: Any) -> Any:
    """A function of the distance, where a value is an expression of `d`. Throws `InvalidParameterValueError`."""
    return DistanceExpression(value, LazyArray(value).base_value) if isinstance(value, str) else value


def _same(base: type) -> dict[str, Any]:
    return build_translations(*((name, name) for name in base.default_parameters))


class StaticSynapse(EngineSynapse, synapses.StaticSynapse):
    __doc__ = synapses.StaticSynapse.__doc__
    translations = _same(synapses.StaticSynapse)


class TsodyksMarkramSynapse(EngineSynapse, synapses.TsodyksMarkramSynapse):
    __doc__ = synapses.TsodyksMarkramSynapse.__doc__
    kind = "TsodyksMarkram"
    translations = _same(synapses.TsodyksMarkramSynapse)

    def entry(self) -> dict[str, Any]:
        return {name: number(self.parameter_space, name) for name in ("U", "tau_rec", "tau_facil")}


class AdditiveWeightDependence(synapses.AdditiveWeightDependence):
    __doc__ = synapses.AdditiveWeightDependence.__doc__
    translations = _same(synapses.AdditiveWeightDependence)
    possible_models = {"stdp"}
    kind = "Additive"

    def __init__(self, w_min: float = 0.0, w_max: float = 1.0) -> None:
        super().__init__(**{"w_min": w_min, "w_max": w_max})


class MultiplicativeWeightDependence(synapses.MultiplicativeWeightDependence):
    __doc__ = synapses.MultiplicativeWeightDependence.__doc__
    translations = _same(synapses.MultiplicativeWeightDependence)
    possible_models = {"stdp"}
    kind = "Multiplicative"

    def __init__(self, w_min: float = 0.0, w_max: float = 1.0) -> None:
        super().__init__(**{"w_min": w_min, "w_max": w_max})


AdditivePotentiationMultiplicativeDepression = unavailable(
    "AdditivePotentiationMultiplicativeDepression",
    "the machine has no mixed rule",
    "there are AdditiveWeightDependence and MultiplicativeWeightDependence",
)
GutigWeightDependence = unavailable(
    "GutigWeightDependence",
    "the machine has no powers of weights",
    "there are AdditiveWeightDependence and MultiplicativeWeightDependence",
)


class SpikePairRule(synapses.SpikePairRule):
    __doc__ = synapses.SpikePairRule.__doc__
    translations = _same(synapses.SpikePairRule)
    possible_models = {"stdp"}
    kind = "SpikePair"

    def __init__(
        self, tau_plus: float = 20.0, tau_minus: float = 20.0, A_plus: float = 0.01, A_minus: float = 0.01
    ) -> None:
        super().__init__(**{"tau_plus": tau_plus, "tau_minus": tau_minus, "A_plus": A_plus, "A_minus": A_minus})


def number(space: Any, name: str) -> float:
    """A parameter that is one number for a projection. Throws `UnsupportedError`."""
    value = np.asarray(space[name].base_value)
    if value.dtype.kind not in "bif" or value.size == 0 or np.any(value != value.flat[0]):
        raise UnsupportedError(
            f"{name} by connection", "a rule's constants are the same for a projection", "a number is taken"
        )
    return float(value.flat[0])


class STDPMechanism(EngineSynapse, synapses.STDPMechanism):
    __doc__ = synapses.STDPMechanism.__doc__
    kind = "STDP"
    base_translations = build_translations(
        ("weight", "weight"), ("delay", "delay"), ("dendritic_delay_fraction", "dendritic_delay_fraction")
    )

    def __init__(
        self,
        timing_dependence: Any = None,
        weight_dependence: Any = None,
        voltage_dependence: Any = None,
        dendritic_delay_fraction: float = 1.0,
        weight: Any = 0.0,
        delay: Any = None,
    ) -> None:
        if voltage_dependence is not None:
            raise UnsupportedError("voltage_dependence", "the machine has no rule that looks at the potential")
        if dendritic_delay_fraction not in (0, 1):
            raise UnsupportedError("dendritic_delay_fraction", "all of the delay is dendritic, or none of it")
        self.base_translations = dict(type(self).base_translations)
        super().__init__(
            timing_dependence, weight_dependence, voltage_dependence, dendritic_delay_fraction, weight, delay
        )

    def _build_translations(self) -> None:
        self.translations = dict(type(self).base_translations)
        for component in (self.timing_dependence, self.weight_dependence):
            if component:
                self.translations.update(component.translations)

    def entry(self) -> dict[str, Any]:
        timing, bounds = self.timing_dependence.parameter_space, self.weight_dependence.parameter_space
        entry = {
            "timing": {"type": self.timing_dependence.kind},
            "weight_dependence": {"type": self.weight_dependence.kind},
            "backprop_delay": self.dendritic_delay_fraction == 1,
        }
        for name in timing.keys():
            entry["timing"][name] = number(timing, name)
        for name in bounds.keys():
            entry["weight_dependence"][name] = number(bounds, name)
        if self.weight_dependence.kind == "Additive":
            # In PyNN amplitudes are parts of w_max; on the machine they are weights.
            for name in ("A_plus", "A_minus"):
                entry["timing"][name] *= entry["weight_dependence"]["w_max"]
        return entry


SimpleStochasticSynapse = unavailable("SimpleStochasticSynapse", "the machine has no stochastic synapses")
StochasticTsodyksMarkramSynapse = unavailable(
    "StochasticTsodyksMarkramSynapse", "the machine has no stochastic synapses", "there is TsodyksMarkramSynapse"
)
MultiQuantalSynapse = unavailable("MultiQuantalSynapse", "the machine has no stochastic synapses")
ElectricalSynapse = unavailable("ElectricalSynapse", "the machine has no gap junctions")
