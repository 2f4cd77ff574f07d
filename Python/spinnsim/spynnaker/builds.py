"""Cells by the names of the classes that sPyNNaker builds them of."""

from .cells import (
    IF_cond_exp,
    IF_curr_alpha,
    IF_curr_delta,
    IF_curr_dual_exp,
    IF_curr_exp,
    IF_curr_exp_sEMD,
    IFCondExpStoc,
    IFCurrDeltaCa2Adaptive,
    IFCurrExpCa2Adaptive,
    IFTruncDelta,
    Izhikevich,
    Izhikevich_cond,
    Izhikevich_cond_dual,
)

IFCurrExpBase, IFCondExpBase, IFCurrAlpha, IFCurrDelta = IF_curr_exp, IF_cond_exp, IF_curr_alpha, IF_curr_delta
IFCurrDualExpBase, IFCurrExpSEMDBase, IFCurrExpSEMD = IF_curr_dual_exp, IF_curr_exp_sEMD, IF_curr_exp_sEMD
IzkCurrExpBase, IzkCondExpBase, IzkCondDualExpBase = Izhikevich, Izhikevich_cond, Izhikevich_cond_dual

__all__ = [
    "IFCondExpBase", "IFCondExpStoc", "IFCurrAlpha", "IFCurrDelta", "IFCurrDeltaCa2Adaptive", "IFCurrDualExpBase",
    "IFCurrExpBase", "IFCurrExpCa2Adaptive", "IFCurrExpSEMD", "IFCurrExpSEMDBase", "IFTruncDelta",
    "IzkCondDualExpBase", "IzkCondExpBase", "IzkCurrExpBase",
]  # fmt: skip
