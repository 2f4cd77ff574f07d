"""sPyNNaker's dialect of PyNN: ``import spinnsim.spynnaker as sim``."""

from pyNN.random import NumpyRNG as _NumpyRNG
from pyNN.space import Cuboid, Grid2D, Grid3D, Line, RandomStructure, Space, Sphere, distance

from pyNN import common as _common
from pyNN import errors, random, space

from ..pynn import simulator as _simulator
from .cells import (
    EngineCell,
    IF_cond_exp,
    IF_curr_alpha,
    IF_curr_delta,
    IF_curr_exp,
    Izhikevich,
    SpikeSourceArray,
    SpikeSourceFromFile,
    SpikeSourcePoisson,
)
from .connectors import (
    AllButMeConnector,
    AllToAllConnector,
    ArrayConnector,
    ConvolutionConnector,
    CSAConnector,
    DistanceDependentProbabilityConnector,
    FixedNumberPostConnector,
    FixedNumberPreConnector,
    FixedProbabilityConnector,
    FixedTotalNumberConnector,
    FromFileConnector,
    FromListConnector,
    IndexBasedProbabilityConnector,
    KernelConnector,
    MultapseConnector,
    OneToOneConnector,
    PoolDenseConnector,
    SmallWorldConnector,
)
from .control import (
    end,
    get_current_time,
    get_machine,
    get_max_delay,
    get_min_delay,
    get_time_step,
    num_processes,
    rank,
    reset,
    run,
    run_for,
    run_until,
    set_allow_delay_extensions,
    set_number_of_neurons_per_core,
    set_number_of_synapse_cores,
    setup,
)
from .currents import ACSource, DCSource, NoisyCurrentSource, StepCurrentSource
from .data_view import SpynnakerDataView
from .distributions import NumpyRNG, RandomDistribution
from .populations import Assembly, Population, PopulationView
from .projections import Projection
from .projections import Projection as SpiNNakerProjection
from .superset import *
from .synapses import (
    AdditiveWeightDependence,
    Convolution,
    DistanceDependentFormation,
    LastNeuronSelection,
    MultiplicativeWeightDependence,
    PoolDense,
    RandomByWeightElimination,
    RandomSelection,
    SpikePairRule,
    StaticSynapse,
    STDPMechanism,
    StructuralMechanismStatic,
    StructuralMechanismSTDP,
    TsodyksMarkramSynapse,
)

from . import external_devices, extra_models  # isort: skip


def name() -> str:
    """What this is."""
    return "sPyNNaker on spinnsim"


def create(cellclass: object, cellparams: dict | None = None, n: int = 1) -> Population:
    """A population by PyNN's procedural name."""
    return Population(n, cellclass, cellparams)


connect = _common.build_connect(Projection, FixedProbabilityConnector, StaticSynapse)
record = _common.build_record(_simulator)
initialize = _common.initialize
set = _common.set


def list_standard_models() -> list[str]:
    """Names of the cells that sPyNNaker has."""
    return [each.__name__ for each in globals().values() if isinstance(each, type) and issubclass(each, EngineCell)
            and each is not EngineCell]  # fmt: skip


def NativeRNG(seed_value: int) -> _NumpyRNG:
    """The script's own generator."""
    return _NumpyRNG(seed=seed_value)
