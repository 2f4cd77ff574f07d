"""EIEIO messages: events as sPyNNaker's tools send them over UDP, and the few commands of its notifications."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

DATABASE, STOP_PAUSE, START_RESUME = 1, 10, 11
"""Commands: a database is there to be read (and: it has been read), a run is over, a run begins."""

_KEYS_OF_A_MESSAGE = 63
_PREFIX, _UPPER, _BASE, _TIME = 0x80, 0x40, 0x20, 0x10
_SDP = struct.Struct("<2x8B")
_TAG_SET = 26
_OK = 0x80


@dataclass(frozen=True)
class Events:
    """What a message says: keys, and a payload for each where it has any."""

    keys: np.ndarray
    payloads: np.ndarray | None
    is_short: bool
    """Whether keys are of 16 bits: the numbers of neurons."""


def command(number: int, text: str = "") -> bytes:
    """A command with what goes with it."""
    return struct.pack("<H", 0x4000 | number) + text.encode()


def command_of(message: bytes) -> int | None:
    """The number of the command that a message is, or nothing where it is none."""
    if len(message) < 2:
        return None
    (header,) = struct.unpack_from("<H", message)
    return header & 0x3FFF if header & 0xC000 == 0x4000 else None


def timed(keys: Sequence[int], time: int) -> Iterator[bytes]:
    """Messages of 32-bit keys that all have the same time, in steps."""
    for first in range(0, len(keys), _KEYS_OF_A_MESSAGE):
        part = np.asarray(keys[first : first + _KEYS_OF_A_MESSAGE], "<u4")
        yield struct.pack("<BBI", len(part), _BASE | _TIME | 2 << 2, time & 0xFFFFFFFF) + part.tobytes()


def events(message: bytes) -> Events:
    """The events of a message of data. Throws `ValueError` where it is cut off, or none."""
    try:
        count, flags = struct.unpack_from("<BB", message)
        if flags & (_PREFIX | _UPPER) == _UPPER:
            raise ValueError("the message is a command")
        kind, at = flags >> 2 & 3, 2
        wide, paired = kind >= 2, kind % 2 == 1
        prefix, base = 0, None
        if flags & _PREFIX:
            (prefix,) = struct.unpack_from("<H", message, at)
            prefix <<= 16 if flags & _UPPER else 0
            at += 2
        if flags & _BASE:
            (base,) = struct.unpack_from("<I" if wide else "<H", message, at)
            at += 4 if wide else 2
        words = np.frombuffer(message, "<u4" if wide else "<u2", count * (2 if paired else 1), at).astype(np.int64)
    except struct.error as error:
        raise ValueError(f"a message of {len(message)} bytes is cut off") from error
    keys = (words[::2] if paired else words) | prefix
    payloads = words[1::2] | (base or 0) if paired else None if base is None else np.full(count, base)
    return Events(keys, payloads, not wide and not flags & _PREFIX)


def inside_sdp(message: bytes) -> tuple[tuple[int, int, int], bytes] | None:
    """Chip and core (x, y, p) that a datagram to the machine is for, and its data; nothing where it is cut off."""
    if len(message) < _SDP.size:
        return None
    _, _, to_core, _, y, x, _, _ = _SDP.unpack_from(message)
    return (x, y, to_core & 31), message[_SDP.size :]


def tag_set(message: bytes) -> int | None:
    """The tag that a datagram to the machine asks to be sent here, or nothing where it asks for something else."""
    if len(message) < _SDP.size + 8:
        return None
    number, _, argument = struct.unpack_from("<HHI", message, _SDP.size)
    return argument & 0xFF if number == _TAG_SET and argument >> 16 & 0xF == 1 else None


def answer(message: bytes) -> bytes:
    """The machine's consent to a command."""
    _, tag, to_core, from_core, y, x, from_y, from_x = _SDP.unpack_from(message)
    (sequence,) = struct.unpack_from("<H", message, _SDP.size + 2)
    return _SDP.pack(7, 0xFF, 0xFF, to_core, from_y, from_x, y, x) + struct.pack("<HHI", _OK, sequence, 0)
