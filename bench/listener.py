"""One socket of a load client: it opens, says what it was given to say, and counts the messages with results."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from bench.frames import CLOSE, PING, PONG, TEXT, frame, handshake, payload_of

PROTOCOL: Final = "graphql-transport-ws"
_HEAD_END: Final = b"\r\n\r\n"
_RESULT: Final = b'"type":"next"'
_RESULT_WITHIN: Final = 100
"""Bytes of a message in which its type stands, behind an id or before it."""
_ACKNOWLEDGED: Final = b'"type":"connection_ack"'
_PING: Final = b'"type":"ping"'
_PONG: Final = frame(b'{"type":"pong"}')
_NORMALLY: Final = (1000).to_bytes(2, "big")


@dataclass(frozen=True, slots=True)
class Seat:
    """What one socket says, as whole frames: at first, and when that was acknowledged. A bare one says nothing."""

    greeting: bytes = b""
    wishes: bytes = b""
    operations: int = 0
    """How many the wishes begin."""


class Listener(asyncio.Protocol):
    """A socket. `is_open` is done when it listens: for a bare one, when the handshake is over."""

    def __init__(self, path: str, seat: Seat, heard: Callable[["Listener"], None]) -> None:
        self._path = path
        self._seat = seat
        self._heard = heard
        self._rest = b""
        self._take = self._take_handshake
        self.is_open = asyncio.get_running_loop().create_future()
        self.is_closed = asyncio.get_running_loop().create_future()
        self.count = 0
        """Messages with results, since it was last set to zero."""
        self.last = b""
        """The payload of the last one."""
        self.complaint = ""
        """What else came that should not have."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(handshake(self._path, PROTOCOL if self._seat.greeting else ""))

    def data_received(self, data: bytes) -> None:
        self._take(self._rest + data if self._rest else data)

    def leave(self) -> None:
        """Close the socket the proper way; `is_closed` is done when the server has agreed."""
        if not self.is_closed.done():
            self._transport.write(frame(_NORMALLY, CLOSE))

    def connection_lost(self, error: Exception | None) -> None:
        if not self.is_open.done():
            self.is_open.set_exception(ConnectionError(self.complaint or f"the socket did not open: {error!r}"))
        self.is_closed.set_result(None)

    def _take_handshake(self, data: bytes) -> None:
        end = data.find(_HEAD_END)
        if end < 0:
            self._rest = data
            return
        if not data.startswith(b"HTTP/1.1 101"):
            self.complaint = repr(data[:300])
            self._transport.close()
            return
        self._take = self._take_frames
        if self._seat.greeting:
            self._transport.write(self._seat.greeting)
        else:
            self.is_open.set_result(None)
        self._take(data[end + len(_HEAD_END) :])

    def _take_frames(self, data: bytes) -> None:
        at = 0
        while (payload := payload_of(data, at)) is not None:
            start, end = payload
            opcode = data[at] & 0x0F
            if opcode == TEXT and data.find(_RESULT, start, start + _RESULT_WITHIN) > 0:
                self.count += 1
                self.last = data[start:end]
                self._heard(self)
            else:
                self._take_other(opcode, data[start:end])
            at = end
        self._rest = data[at:]

    def _take_other(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self._transport.write(frame(payload, PONG))
        elif opcode == CLOSE:
            if payload != _NORMALLY:
                self.complaint = f"closed: {payload!r}"
        elif _ACKNOWLEDGED in payload:
            self._transport.write(self._seat.wishes)
            self.is_open.set_result(None)
        elif _PING in payload[:_RESULT_WITHIN]:
            self._transport.write(_PONG)
        else:
            self.complaint = repr(payload[:1000])
