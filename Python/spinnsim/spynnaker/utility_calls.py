"""Reading spikes and values out of text files."""

from __future__ import annotations

import os
from typing import Any

import numpy as np


def check_directory_exists_and_create_if_not(filename: str) -> None:
    """Makes the folder of a file."""
    folder = os.path.dirname(filename)
    if folder:
        os.makedirs(folder, exist_ok=True)


def convert_param_to_numpy(param: Any, no_atoms: int) -> np.ndarray:
    """A value for each of `no_atoms`."""
    if hasattr(param, "next"):
        return np.atleast_1d(param.next(n=no_atoms))
    return np.broadcast_to(np.asarray(param, dtype=float), no_atoms).copy()


def read_spikes_from_file(file_path: str, min_atom: float = 0, max_atom: float = float("inf"), min_time: float = 0,
                          max_time: float = float("inf"), split_value: str = "\t") -> np.ndarray:  # fmt: skip
    """Rows of neuron and time (ms)."""
    table = np.loadtxt(file_path, delimiter=None if split_value in ("\t", " ") else split_value, ndmin=2, comments="#")
    inside = (table[:, 0] >= min_atom) & (table[:, 0] < max_atom)
    inside &= (table[:, 1] >= min_time) & (table[:, 1] < max_time)
    return table[inside][:, :2]


def read_in_data_from_file(file_path: str, min_atom: float, max_atom: float, min_time: float, max_time: float,
                           extra: bool = False) -> np.ndarray:  # fmt: skip
    """Rows of neuron, time (ms), value."""
    table = np.loadtxt(file_path, ndmin=2)
    neuron, time = (0, 1) if not extra else (1, 0)
    inside = (table[:, neuron] >= min_atom) & (table[:, neuron] < max_atom)
    inside &= (table[:, time] >= min_time) & (table[:, time] < max_time)
    return table[inside][:, [neuron, time, 2]]


def get_neo_io(file_or_folder: str) -> Any:
    """Neo's reader of a file."""
    import neo

    return neo.get_io(file_or_folder)


def get_n_bits(n_values: int) -> int:
    """Bits that tell `n_values` apart."""
    return max(0, int(n_values) - 1).bit_length() if n_values > 1 else int(n_values)
