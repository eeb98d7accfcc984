"""A job that kills its worker is given up, and what was under way beside it is done all the same."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta

import asyncpg

from adapters.database import Database
from adapters.jobs import Job, JobKind, Pace, Worker
from adapters.jobs.dead_letters import list_dead_letters, redrive
from tests.adapters.jobs.test_worker import kind, left, put, until_left
from tests.support.program import ROOT
from tests.support.waiting import eventually

ERROR = "Its worker ended without a word while it was under way, 3 times in a row."


async def work_until(url: str, pg: asyncpg.Connection, *expected: tuple[str, int]) -> int:
    """Have one worker after the other work until these are the jobs in the queue; how many of them were killed."""
    killed = 0
    while await _ends_by_itself(url, lambda: _are_left(pg, expected)):
        killed += 1
    return killed


async def _are_left(pg: asyncpg.Connection, expected: Sequence[tuple[str, int]]) -> bool:
    return await left(pg) == list(expected)


async def _ends_by_itself(url: str, is_over: Callable[[], Awaitable[bool]]) -> bool:
    """Whether a worker was killed by what it does, before all was over."""
    command = (sys.executable, "-m", "tests.adapters.jobs.killer", url)
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    ended = asyncio.create_task(process.wait())

    async def has_ended() -> bool:
        return ended.done() or await is_over()

    try:
        await eventually(has_ended, seconds=60)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        status = await ended
    return status == -signal.SIGSEGV


async def test_a_job_that_kills_its_worker_is_given_up_alone(
    database: Database, database_url: str, pg: asyncpg.Connection
) -> None:
    await put(database, Job("work"), Job("kill"), Job("work"), Job("work"))

    assert await work_until(database_url, pg, ("failed", 0)) == 3

    async with database.unit() as unit:
        [letter] = await list_dead_letters(unit.connection, None, None, 10)
        assert (letter.kind, letter.error) == ("kill", ERROR)
        assert await redrive(unit.connection, [letter.id], None, 10) == [letter.id]
    assert await work_until(database_url, pg, ("failed", 0)) == 3


async def test_what_was_taken_over_and_fails_is_tried_as_often_as_anything(
    database: Database, pg: asyncpg.Connection
) -> None:
    """What counts is how often its worker has ended in a row, and not what it did then."""
    attempts: list[int] = []

    async def fail(job: Job) -> None:
        attempts.append(job.attempt)
        raise ValueError("out of order")

    await put(database, Job("test"))
    await pg.execute(
        "UPDATE jobs.pgqueuer SET status = 'picked', queue_manager_id = gen_random_uuid(),"
        " heartbeat = now() - interval '1 minute'"
    )
    pace = Pace(poll=timedelta(milliseconds=100), takeover=timedelta(seconds=1), takeovers=1)
    async with Worker(database, [kind(fail)], pace).running():
        await until_left(pg, ("failed", 2))
    assert attempts == [1, 2, 3]


async def test_what_is_taken_over_once_is_done_beside_the_like(database: Database, pg: asyncpg.Connection) -> None:
    """A machine that is gone holds nothing up: only what was taken over twice is done one by one."""
    at_once, most = 0, 0

    async def work(_: Job) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.1)
        at_once -= 1

    async def abandon(headers: str | None) -> None:
        await put(database, Job("test"), Job("test"), Job("test"))
        await pg.execute(
            "UPDATE jobs.pgqueuer SET status = 'picked', queue_manager_id = gen_random_uuid(),"
            " heartbeat = now() - interval '1 minute', headers = $1",
            headers,
        )

    found = []
    pace = Pace(poll=timedelta(milliseconds=100), takeover=timedelta(seconds=1))
    for headers in (None, '{"taken_over": true, "begun": 1}'):
        await abandon(headers)
        most = 0
        async with Worker(database, [JobKind("test", work)], pace).running():
            await until_left(pg)
        found.append(most)
    assert found == [3, 1]
