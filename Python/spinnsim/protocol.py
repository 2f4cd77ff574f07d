"""Frames of `spinnsim serve`: a length, a JSON object, and the bytes that it announces."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

_LENGTH = struct.Struct("<I")


class ConnectionLost(Exception):
    """The engine has gone."""


class Channel:
    """One end of the socket."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._buffer = bytearray()

    def send(self, message: dict[str, Any], attachment: bytes | None = None) -> None:
        """Sends one frame. Throws `ConnectionLost`."""
        if attachment is not None:
            message = {**message, "attachment": len(attachment)}
        text = json.dumps(message).encode()
        try:
            self._socket.sendall(_LENGTH.pack(len(text)) + text + (attachment or b""))
        except OSError as error:
            raise ConnectionLost(str(error)) from error

    def receive(self, timeout: float | None = None) -> tuple[dict[str, Any], bytes]:
        """The next frame and its attachment. Throws `ConnectionLost`, or `TimeoutError` with nothing taken."""
        self._socket.settimeout(timeout)
        self._fill(4)
        (length,) = _LENGTH.unpack_from(self._buffer)
        self._fill(4 + length)
        message = json.loads(bytes(self._buffer[4 : 4 + length]))
        total = 4 + length + int(message.get("attachment", 0))
        self._fill(total)
        attachment = bytes(self._buffer[4 + length : total])
        del self._buffer[:total]
        return message, attachment

    def close(self) -> None:
        """Ends the connection, also for a thread that waits for a frame: closing alone would leave it waiting."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()

    def _fill(self, count: int) -> None:
        while len(self._buffer) < count:
            try:
                data = self._socket.recv(max(65536, count - len(self._buffer)))
            except TimeoutError:
                raise
            except OSError as error:
                raise ConnectionLost(str(error)) from error
            if not data:
                raise ConnectionLost("the engine closed the connection")
            self._buffer += data
