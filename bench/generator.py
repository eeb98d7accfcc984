"""The load: a process of its own that keeps connections busy with requests made in advance, as cheaply as it can."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from multiprocessing.connection import Connection

import uvloop

from bench.companion import Companion
from bench.exchange import Exchange, body_of, has_failed

COUNTER = b"@@@@@@@@@"
"""Stands in a request for a number of as many digits that no other request has."""
_NUMBERS = count(100_000_000)
SECONDS_TO_DRAIN = 30


@dataclass(frozen=True, slots=True)
class Burst:
    """What to send: whole HTTP requests, taken in turn, over so many connections for so many seconds."""

    port: int
    requests: Sequence[bytes]
    connections: int
    seconds: float
    rate: float | None = None
    """Requests a second, sent whatever comes back over connections that are free; None for as many as can be."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back: answers, their size, the time from the first request to the last answer, and our own CPU time."""

    answers: int
    failures: int
    size: int
    seconds: float
    cpu_seconds: float
    sample: bytes
    """The last answer's body."""


class Generator(Companion):
    """The handle of the process; a context manager."""

    def __init__(self) -> None:
        super().__init__(_serve)

    def send(self, burst: Burst) -> Outcome:
        """Send a burst and wait for its end; raises `RuntimeError` when any answer was not a plain success."""
        outcome = self.send_too_much(burst)
        if outcome.failures:
            raise RuntimeError(f"{outcome.failures} of {outcome.answers} requests failed: {outcome.sample[:2000]!r}")
        return outcome

    def send_too_much(self, burst: Burst) -> Outcome:
        """Send a burst of which some requests may be refused."""
        self.tell(burst)
        outcome: Outcome = self.hear()
        return outcome


def _serve(pipe: Connection) -> None:
    while True:
        pipe.send(uvloop.run(_run(pipe.recv())))


async def _run(burst: Burst) -> Outcome:
    loop = asyncio.get_running_loop()
    tally = _Tally(endless(burst.requests, _NUMBERS), time.perf_counter() + burst.seconds)
    cpu, started = time.process_time(), time.perf_counter()
    ends = [loop.create_future() for _ in range(burst.connections)]
    free: list[_Client] | None = None if burst.rate is None else []
    for end in ends:
        await loop.create_connection(partial(_Client, tally, end, free), "127.0.0.1", burst.port)
    if burst.rate is not None and free is not None:
        tally.deadline += time.perf_counter() - started  # so many connections take their time
        started = time.perf_counter()
        await _keep_pace(burst.rate, tally, free)
    await asyncio.wait_for(asyncio.gather(*ends), burst.seconds + SECONDS_TO_DRAIN)
    elapsed = time.perf_counter() - started
    return Outcome(tally.answers, tally.failures, tally.size, elapsed, time.process_time() - cpu, tally.sample)


async def _keep_pace(rate: float, tally: "_Tally", free: "list[_Client]") -> None:
    """Send what is due every few milliseconds, late where no connection is free; close the free ones at the end."""
    sent, started = 0, time.perf_counter()
    while (now := time.perf_counter()) < tally.deadline:
        due = min(int((now - started) * rate) - sent, len(free))
        for _ in range(due):
            free.pop().ask(next(tally.requests))
        sent += due
        await asyncio.sleep(0.002)
    for client in free:
        client.transport.close()


def endless(requests: Sequence[bytes], numbers: Iterator[int]) -> Iterator[bytes]:
    """The requests in turn, each with the next number where `COUNTER` stands; nine digits."""
    parts = [request.split(COUNTER) for request in requests]
    while True:
        for each in parts:
            yield each[0] if len(each) == 1 else (b"%d" % next(numbers)).join(each)


@dataclass(slots=True)
class _Tally:
    requests: Iterator[bytes]
    deadline: float
    answers: int = 0
    failures: int = 0
    size: int = 0
    sample: bytes = b""

    def count(self, body: bytes, *, failed: bool) -> None:
        """Note an answer; the sample is a failed one if there is any."""
        self.answers += 1
        self.size += len(body)
        if failed or not self.failures:
            self.sample = body
        self.failures += failed


class _Client(Exchange):
    """One keep-alive connection: the next request goes out when the last answer is whole."""

    def __init__(self, tally: _Tally, done: "asyncio.Future[None]", free: "list[_Client] | None") -> None:
        super().__init__()
        self._tally = tally
        self._done = done
        self._free = free
        """Where it waits until it is told to send; None where it sends by itself."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._free is None:
            self.ask(next(self._tally.requests))
        else:
            self._free.append(self)

    def answered(self, answer: bytes) -> None:
        """Count it, and send the next request while there is time."""
        self._tally.count(body_of(answer), failed=has_failed(answer))
        if time.perf_counter() >= self._tally.deadline:
            self.transport.close()
        elif self._free is None:
            self.ask(next(self._tally.requests))
        else:
            self._free.append(self)

    def connection_lost(self, error: Exception | None) -> None:
        if self._done.done():
            return
        if error is not None or self.is_within:
            self._done.set_exception(error or ConnectionError("the server closed the connection"))
        else:
            self._done.set_result(None)
