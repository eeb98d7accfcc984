"""Counts what arrives of what is written, and when."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.writer import Writer


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run: its length until all had arrived, our own CPU time, and of each write the seconds it took.

    `answers` and `arrivals` count from when a write was sent: to its answer, and to its last message.
    """

    deliveries: int
    seconds: float
    cpu_seconds: float
    answers: Sequence[float]
    arrivals: Sequence[float]
    sample: bytes
    """The last message of one of the sockets."""


class Score:
    """Which writes have arrived: the nth message of every socket is the nth write if all get all, else just the nth."""

    def __init__(self, share: int, *, is_for_all: bool) -> None:
        self.share = share
        """Messages of each write."""
        self._is_for_all = is_for_all
        self.sent: list[float] = []
        self._answered: list[float] = []
        self._arrived: list[asyncio.Future[float]] = []
        self._missing: list[int] = []
        self.deliveries = 0
        self._is_spoiled = False

    def note(self, count: int) -> None:
        """A socket has got its message of this number."""
        self.deliveries += 1
        number = (count if self._is_for_all else self.deliveries) - 1
        if self._is_spoiled or number >= len(self._missing):
            self._spoil()
            return
        self._missing[number] -= 1
        if self._missing[number] == 0:
            self._arrived[number].set_result(time.perf_counter())

    async def write(self, writer: Writer, request: bytes) -> None:
        """Send a request; done when it is answered and as many writes as were sent up to it have arrived."""
        arrived = asyncio.get_running_loop().create_future()
        number = len(self.sent)
        self._arrived.append(arrived)
        self._missing.append(self.share)
        self.sent.append(time.perf_counter())
        self._answered.append(0)
        await writer.write(request)
        self._answered[number] = time.perf_counter()
        if not self._is_spoiled:
            await arrived

    def _spoil(self) -> None:
        """More came than was written: nobody waits any more, and the sum of the deliveries will tell."""
        self._is_spoiled = True
        for arrived in self._arrived:
            if not arrived.done():
                arrived.set_result(time.perf_counter())

    def outcome(self, seconds: float, cpu_seconds: float, sample: bytes) -> Outcome:
        """The end of a run whose writes have all arrived."""
        answers = [end - sent for end, sent in zip(self._answered, self.sent, strict=True)]
        arrivals = [end.result() - sent for end, sent in zip(self._arrived, self.sent, strict=True)]
        return Outcome(self.deliveries, seconds, cpu_seconds, answers, arrivals, sample)
