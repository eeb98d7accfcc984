"""Timers that notice clients which take nothing, or send nothing."""

import asyncio
import socket
from collections.abc import Callable
from typing import Final

LOOKS: Final = 4
"""How often the time for a slow client is divided: so much later than told, at most, is it noticed."""
LEAST_RATE: Final = 1_000
"""Bytes a second that a client has to take, or to send of a body that may be long: a tenth of the slowest networks."""


class WriteWatch:
    """Notices that a client takes next to nothing. A timer runs only while more is buffered than should be."""

    def __init__(self, transport: asyncio.Transport, seconds: float, give_up: Callable[[], None]) -> None:
        self._transport = transport
        self._seconds = seconds
        self._give_up = give_up
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._left = 0
        self._since = 0.0

    def begin(self) -> None:
        """The buffer is full: from now on nothing is added until some of it was taken."""
        self.end()
        self._left = self._transport.get_write_buffer_size()
        self._since = self._loop.time()
        self._look_again()

    def end(self) -> None:
        """The buffer has room, or nobody needs it any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look_again(self) -> None:
        self._timer = self._loop.call_later(self._seconds / LOOKS, self._look)

    def _look(self) -> None:
        left, now = self._transport.get_write_buffer_size(), self._loop.time()
        if self._left - left >= LEAST_RATE * self._seconds:
            self._left, self._since = left, now
        if now - self._since >= self._seconds * 0.99:  # timers are not exact
            self._timer = None
            self._give_up()
        else:
            self._look_again()


class ReadWatch:
    """Notices that a client does not finish what it began to send. A timer runs only while something is incomplete."""

    def __init__(self, seconds: float, is_excused: Callable[[], bool], give_up: Callable[[], None]) -> None:
        self._seconds = seconds
        self._is_excused = is_excused
        self._give_up = give_up
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Something is incomplete; the time runs from the first call on."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._look)

    def end(self) -> None:
        """It is complete."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        if self._is_excused():
            self.begin()
        else:
            self._give_up()


def is_unreachable(transport: asyncio.Transport) -> bool:
    """Whether the other machine does not even acknowledge what it gets, as Linux tells; False where nobody can."""
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is None or not hasattr(socket, "TCP_INFO"):
        return False
    information = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)
    return information[2] > 1  # tcpi_retransmits: in a row, of the same bytes, without an answer
