"""The load: a process of its own that keeps connections busy with requests made in advance, as cheaply as it can."""

import asyncio
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self, cast

import uvloop

COUNTER = b"@@@@@@@@@"
"""Stands in a request for a number of as many digits that no other request has."""
_NUMBERS = count(100_000_000)
_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length: "
SECONDS_TO_DRAIN = 30


@dataclass(frozen=True, slots=True)
class Burst:
    """What to send: whole HTTP requests, taken in turn, over so many connections for so many seconds."""

    port: int
    requests: Sequence[bytes]
    connections: int
    seconds: float


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


class Generator:
    """The handle of the process; a context manager."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, self._theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(self._theirs,), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        self._theirs.close()  # so that the end of the process is the end of the pipe
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.join()

    def send(self, burst: Burst) -> Outcome:
        """Send a burst and wait for its end; raises `RuntimeError` when any answer was not a plain success."""
        self._pipe.send(burst)
        outcome: Outcome = self._pipe.recv()
        if outcome.failures:
            raise RuntimeError(f"{outcome.failures} of {outcome.answers} requests failed: {outcome.sample[:2000]!r}")
        return outcome


def _serve(pipe: Connection) -> None:
    while True:
        pipe.send(uvloop.run(_run(pipe.recv())))


async def _run(burst: Burst) -> Outcome:
    loop = asyncio.get_running_loop()
    tally = _Tally(_endless(burst.requests), time.perf_counter() + burst.seconds)
    cpu, started = time.process_time(), time.perf_counter()
    ends = [loop.create_future() for _ in range(burst.connections)]
    for end in ends:
        await loop.create_connection(partial(_Client, tally, end), "127.0.0.1", burst.port)
    await asyncio.wait_for(asyncio.gather(*ends), burst.seconds + SECONDS_TO_DRAIN)
    elapsed = time.perf_counter() - started
    return Outcome(tally.answers, tally.failures, tally.size, elapsed, time.process_time() - cpu, tally.sample)


def _endless(requests: Sequence[bytes]) -> Iterator[bytes]:
    parts = [request.split(COUNTER) for request in requests]
    while True:
        for each in parts:
            yield each[0] if len(each) == 1 else (b"%d" % next(_NUMBERS)).join(each)


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


class _Client(asyncio.Protocol):
    """One keep-alive connection: the next request goes out when the last answer is whole."""

    def __init__(self, tally: _Tally, done: "asyncio.Future[None]") -> None:
        self._tally = tally
        self._done = done
        self._chunks: list[bytes] = []
        self._missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(next(self._tally.requests))

    def data_received(self, data: bytes) -> None:
        self._chunks.append(data)
        if self._missing == 0:
            data = b"".join(self._chunks)
            end = data.find(_HEAD_END)
            if end < 0:
                return
            at = data.index(_LENGTH) + len(_LENGTH)
            self._missing = end + len(_HEAD_END) + int(data[at : data.index(b"\r", at)])
            self._chunks = [data]
        self._missing -= len(data)
        if self._missing == 0:
            self._answered(b"".join(self._chunks))

    def _answered(self, answer: bytes) -> None:
        self._chunks.clear()
        failed = not answer.startswith(b"HTTP/1.1 200") or b'{"errors"' in answer[:600]
        self._tally.count(answer[answer.index(_HEAD_END) + len(_HEAD_END) :], failed=failed)
        if time.perf_counter() < self._tally.deadline:
            self._transport.write(next(self._tally.requests))
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if self._done.done():
            return
        if error is not None or self._missing:
            self._done.set_exception(error or ConnectionError("the server closed the connection"))
        else:
            self._done.set_result(None)
