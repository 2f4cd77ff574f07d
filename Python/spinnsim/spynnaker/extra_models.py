"""What sPyNNaker has beyond PyNN, by the name ``extra_models``."""

from .cells import (
    IF_curr_delta,
    IF_curr_dual_exp,
    IF_curr_exp_sEMD,
    IFCondExpStoc,
    IFCurrDeltaCa2Adaptive,
    IFCurrDeltaFixedProb,
    IFCurrExpCa2Adaptive,
    IFTruncDelta,
    Izhikevich_cond,
    Izhikevich_cond_dual,
    SpikeSourcePoissonVariable,
    StocExp,
    StocExpStable,
    StocSigma,
)
from .connectors import AllButMeConnector, OneToOneOffsetConnector
from .synapses import (
    Neuromodulation,
    PfisterSpikeTriplet,
    RecurrentRule,
    SpikeNearestPairRule,
    Vogels2011Rule,
    WeightChangeable,
    WeightChanger,
    WeightDependenceAdditiveTriplet,
)

IFCurDelta = IF_curr_delta

__all__ = [
    "AllButMeConnector", "IFCondExpStoc", "IFCurDelta", "IFCurrDeltaCa2Adaptive", "IFCurrDeltaFixedProb",
    "IFCurrExpCa2Adaptive", "IFTruncDelta", "IF_curr_delta", "IF_curr_dual_exp", "IF_curr_exp_sEMD",
    "Izhikevich_cond", "Izhikevich_cond_dual", "Neuromodulation", "OneToOneOffsetConnector", "PfisterSpikeTriplet",
    "RecurrentRule", "SpikeNearestPairRule", "SpikeSourcePoissonVariable", "StocExp", "StocExpStable", "StocSigma",
    "Vogels2011Rule", "WeightChangeable", "WeightChanger", "WeightDependenceAdditiveTriplet",
]  # fmt: skip
