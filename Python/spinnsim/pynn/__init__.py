"""PyNN on spinnsim: ``import spinnsim.pynn as sim``, or ``import pyNN.spinnsim as sim``."""

from pyNN.network import Network
from pyNN.random import GSLRNG, NumpyRNG, RandomDistribution
from pyNN.recording import get_io
from pyNN.space import Cuboid, Grid2D, Grid3D, Line, RandomStructure, Space, Sphere, distance
from pyNN.standardmodels import StandardCellType

from pyNN import common, errors, random, space

from ..errors import UnsupportedError
from . import simulator
from .connectors import *
from .connectors import FixedProbabilityConnector
from .control import (
    end,
    get_current_time,
    get_max_delay,
    get_min_delay,
    get_time_step,
    initialize,
    num_processes,
    rank,
    reset,
    run,
    run_for,
    run_until,
    setup,
)
from .populations import Assembly, Population, PopulationView
from .projections import Connection, Projection
from .standardmodels.cells import (
    EIF_cond_alpha_isfa_ista,
    EIF_cond_exp_isfa_ista,
    GIF_cond_exp,
    HH_cond_exp,
    IF_cond_alpha,
    IF_cond_exp,
    IF_cond_exp_gsfa_grr,
    IF_curr_alpha,
    IF_curr_delta,
    IF_curr_exp,
    IF_facets_hardware1,
    Izhikevich,
    SpikeSourceArray,
    SpikeSourceGamma,
    SpikeSourceInhGamma,
    SpikeSourcePoisson,
    SpikeSourcePoissonRefractory,
)
from .standardmodels.electrodes import ACSource, DCSource, NoisyCurrentSource, StepCurrentSource
from .standardmodels.synapses import (
    AdditivePotentiationMultiplicativeDepression,
    AdditiveWeightDependence,
    ElectricalSynapse,
    GutigWeightDependence,
    MultiplicativeWeightDependence,
    MultiQuantalSynapse,
    SimpleStochasticSynapse,
    SpikePairRule,
    StaticSynapse,
    STDPMechanism,
    StochasticTsodyksMarkramSynapse,
    TsodyksMarkramSynapse,
)

name = simulator.name
create = common.build_create(Population)
connect = common.build_connect(Projection, FixedProbabilityConnector, StaticSynapse)
set = common.set
record = common.build_record(simulator)


def record_v(source: object, filename: str) -> None:
    """Records the membrane potential of `source`, to be written to `filename` at the end."""
    record(["v"], source, filename)


def record_gsyn(source: object, filename: str) -> None:
    """Records the synaptic conductances of `source`, to be written to `filename` at the end."""
    record(["gsyn_exc", "gsyn_inh"], source, filename)


def list_standard_models() -> list[str]:
    """Names of PyNN's cells that there are."""
    return [
        each.__name__ for each in globals().values() if isinstance(each, type) and issubclass(each, StandardCellType)
    ]


_COMPOSED = (
    "PointNeuron", "AdExp", "LIF", "AlphaPSR", "ExpPSR", "CurrExpPostSynapticResponse", "CondExpPostSynapticResponse",
    "CondAlphaPostSynapticResponse", "CondBetaPostSynapticResponse", "MultiCompartmentNeuron", "NeuriteDistribution",
    "IntegrateAndFire",
)  # fmt: skip


def __getattr__(name: str) -> object:
    if name in _COMPOSED:
        raise UnsupportedError(
            name, "cells are not composed of parts here", "there are the cells of list_standard_models()"
        )
    raise AttributeError(f"module {__name__} has no attribute {name}")
