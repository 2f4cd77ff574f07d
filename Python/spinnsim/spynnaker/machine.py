"""The emulated machine as scripts ask for it: boards of 48 chips, three of which make a triad."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..pynn import simulator

CORES = 18
_WORKERS = 17
# Of each row of a board: its first chip and how many there are.
_ROWS = ((0, 5), (0, 6), (0, 7), (0, 8), (1, 7), (2, 6), (3, 5), (4, 4))
_TRIAD = ((0, 0), (4, 8), (8, 4))
_SIDE = 12


@dataclass(frozen=True)
class Chip:
    """A chip of the machine: its place, its cores, and the chip of its board that has the Ethernet."""

    x: int
    y: int
    nearest_ethernet_x: int = 0
    nearest_ethernet_y: int = 0
    n_processors: int = CORES
    n_user_processors: int = _WORKERS
    n_placable_processors: int = _WORKERS
    tag_ids: tuple[int, ...] = tuple(range(1, 8))

    @property
    def ip_address(self) -> str | None:
        """An address of a chip with Ethernet: of none, for the machine is emulated."""
        return "127.0.0.1" if (self.x, self.y) == (self.nearest_ethernet_x, self.nearest_ethernet_y) else None


class Version:
    """Kind of board: the one with 48 chips."""

    number = 5
    chip_core_map = {(first + place, y): CORES for y, (first, count) in enumerate(_ROWS) for place in range(count)}
    expected_xys = list(chip_core_map)
    max_cores_per_chip = CORES
    n_chips_per_board = len(expected_xys)


class Machine:
    """Chips by place. Throws nothing: what is not there is `None`."""

    def __init__(self, boards: int, description: dict[str, Any] | None = None) -> None:
        self.description = description or {}
        triads = (boards + 2) // 3
        self.width, self.height = (8, 8) if boards == 1 else (_SIDE * triads, _SIDE)
        places = [(x + _SIDE * triad, y) for triad in range(triads) for x, y in _TRIAD][:boards]
        self._chips = {
            ((x + left) % self.width, (y + low) % self.height): Chip(
                (x + left) % self.width, (y + low) % self.height, left, low
            )
            for left, low in places
            for x, y in Version.expected_xys
        }
        self.ethernet_connected_chips = [self._chips[place] for place in places]
        self.n_chips = len(self._chips)
        self.boot_chip = self._chips[0, 0]

    @property
    def chips(self) -> Iterator[Chip]:
        """All chips."""
        return iter(self._chips.values())

    @property
    def total_available_user_cores(self) -> int:
        """Cores that neurons may be on."""
        return _WORKERS * self.n_chips

    def get_chip_at(self, x: int, y: int) -> Chip | None:
        """The chip at a place, or nothing."""
        return self._chips.get((x, y))

    def is_chip_at(self, x: int, y: int) -> bool:
        """Whether there is a chip at a place."""
        return (x, y) in self._chips

    def __getitem__(self, place: tuple[int, int]) -> Chip:
        return self._chips[place]

    def __len__(self) -> int:
        return self.n_chips


def machine() -> Machine:
    """The machine that the network runs on: as many boards as it needs, or as were asked for."""
    state = simulator.state
    description = state.connected().machine_map() if state.populations else {}
    asked = state.options.get("boards") or 1
    return Machine(max(int(description.get("boards", 1)), asked), description)
