"""Current sources; noise is the machine's own."""

from __future__ import annotations

from typing import Any

from ..pynn.standardmodels import electrodes
from ..pynn.standardmodels.electrodes import ACSource, DCSource, StepCurrentSource


class NoisyCurrentSource(electrodes.NoisyCurrentSource):
    """Gaussian noise that the machine draws in each step."""

    kind = "Noisy"

    def __init__(self, **parameters: Any) -> None:
        parameters.pop("rng", None)
        super().__init__(**parameters)

    def entry(self) -> dict[str, Any]:
        return electrodes.EngineSource.entry(self)


__all__ = ["ACSource", "DCSource", "NoisyCurrentSource", "StepCurrentSource"]
