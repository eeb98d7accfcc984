"""One measured stretch of writes, in the process of the subscribers."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.generator import endless
from bench.hall import NUMBERS, SECONDS_BETWEEN_LOOKS, SECONDS_TO_DRAIN, Hall
from bench.score import Outcome, Score


@dataclass(frozen=True, slots=True)
class Run:
    """Write for so many seconds: `at_a_time` under way until everybody has them, or `a_second` come what may.

    Each write reaches every socket once, or with `is_for_all` off, one of them.
    """

    port: int
    requests: Sequence[bytes]
    seconds: float
    at_a_time: int = 1
    a_second: float | None = None
    is_for_all: bool = True

    async def carry_out(self, hall: Hall) -> Outcome:
        """Raises `RuntimeError` unless exactly what was written has arrived."""
        hall.start_anew()
        score = hall.run = Score(len(hall.listeners) if self.is_for_all else 1, is_for_all=self.is_for_all)
        cpu, started = time.process_time(), time.perf_counter()
        try:
            async with asyncio.timeout(self.seconds + SECONDS_TO_DRAIN):
                await (self._flood(hall, score) if self.a_second is None else self._drip(hall, score, self.a_second))
            seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)  # for what should not come
        finally:
            hall.run = None
        hall.check()
        if score.deliveries != len(score.sent) * score.share:
            raise RuntimeError(f"{score.deliveries} deliveries of {len(score.sent)} writes to {score.share}")
        return score.outcome(seconds, cpu, max(hall.listeners, key=lambda each: len(each.last)).last)

    async def _flood(self, hall: Hall, score: Score) -> None:
        deadline, requests = time.perf_counter() + self.seconds, endless(self.requests, NUMBERS)

        async def work() -> None:
            async with hall.writer(self.port) as writer:
                while time.perf_counter() < deadline:
                    await score.write(writer, next(requests))

        await asyncio.gather(*(work() for _ in range(self.at_a_time)))

    async def _drip(self, hall: Hall, score: Score, a_second: float) -> None:
        started, requests = time.perf_counter(), endless(self.requests, NUMBERS)

        async def write(request: bytes) -> None:
            async with hall.writer(self.port) as writer:
                await score.write(writer, request)

        async with asyncio.TaskGroup() as writes:
            for number in range(max(1, round(self.seconds * a_second))):
                await asyncio.sleep(started + number / a_second - time.perf_counter())
                writes.create_task(write(next(requests)))
