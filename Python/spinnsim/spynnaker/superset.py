"""What sPyNNaker refuses and the engine has: PyNN's other cells, said once in the log when they are used."""

from __future__ import annotations

import logging
import os
from typing import Any

from ..errors import UnsupportedError
from ..pynn.standardmodels import cells
from .populations import once

_NAMES = [
    "EIF_cond_alpha_isfa_ista", "EIF_cond_exp_isfa_ista", "HH_cond_exp", "IF_cond_alpha", "IF_cond_exp_gsfa_grr",
    "IF_facets_hardware1",
]  # fmt: skip


def _beyond(base: type) -> type:
    def begin(self: Any, **parameters: Any) -> None:
        if os.environ.get("SPINNSIM_STRICT") == "1":
            raise UnsupportedError(base.__name__, "sPyNNaker has no such cell", "leave SPINNSIM_STRICT out to have it")
        once(f"{base.__name__} is beyond sPyNNaker: no board has run it", logging.INFO)
        base.__init__(self, **parameters)

    return type(base.__name__, (base,), {"__init__": begin, "__doc__": base.__doc__})


for _name in _NAMES:
    globals()[_name] = _beyond(getattr(cells, _name))

__all__ = _NAMES  # noqa: PLE0605
