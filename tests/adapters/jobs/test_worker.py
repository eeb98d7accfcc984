"""Jobs are done once they are committed; again after a failure; and not lost when a worker ends, or the database."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from adapters.database import Database
from adapters.jobs import GiveUp, Job, JobKind, Pace, Patience, Worker, cancel, enqueue
from domain.errors import Unavailable
from tests.support.waiting import eventually

QUICK = Patience(attempts=3, pause=timedelta(milliseconds=10))
PACE = Pace(at_once=4, poll=timedelta(milliseconds=200), takeover=timedelta(seconds=1), grace=timedelta(seconds=1))
CUT = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
 WHERE application_name = 'tablegraph worker' AND datname = current_database()
"""


class Done(list[Job]):
    """The jobs that came."""

    async def __call__(self, job: Job) -> None:
        self.append(job)


def kind(handle: Callable[[Job], Awaitable[None]], **options: Any) -> JobKind:
    """The only kind of these tests."""
    return JobKind("test", handle, patience=QUICK, **options)


async def put(database: Database, *jobs: Job) -> list[int | None]:
    """Jobs in the queue, committed."""
    async with database.transaction() as unit:
        return await enqueue(unit.connection, jobs)


async def left(pg: asyncpg.Connection) -> list[tuple[str, int]]:
    """State and failures of the jobs in the queue."""
    return [(row["status"], row["attempts"]) for row in await pg.fetch("SELECT * FROM jobs.pgqueuer ORDER BY id")]


async def until_left(pg: asyncpg.Connection, *expected: tuple[str, int]) -> None:
    """Wait until these are the jobs in the queue."""

    async def is_so() -> bool:
        return await left(pg) == list(expected)

    await eventually(is_so)


@pytest.fixture
def done() -> Done:
    """A handler that keeps what comes."""
    return Done()


async def test_a_job_is_done_once_its_transaction_is_committed(
    database: Database, pg: asyncpg.Connection, done: Done
) -> None:
    async with Worker(database, [kind(done)], PACE).running():
        async with database.transaction() as unit:
            await enqueue(unit.connection, [Job("test", {"n": 1})])
            await asyncio.sleep(0.3)
            assert done == []
        await eventually(lambda: len(done) == 1)
        await until_left(pg)
    assert [(job.kind, job.payload, job.attempt, job.is_last) for job in done] == [("test", {"n": 1}, 1, False)]


async def test_a_job_of_a_transaction_that_is_rolled_back_is_none(
    database: Database, pg: asyncpg.Connection, done: Done
) -> None:
    with suppress(ZeroDivisionError):
        async with database.transaction() as unit:
            await enqueue(unit.connection, [Job("test")])
            raise ZeroDivisionError
    assert await left(pg) == []


async def test_of_jobs_with_one_key_one_waits(database: Database, pg: asyncpg.Connection) -> None:
    first, second, third = await put(database, Job("test", key="k"), Job("test", key="k"), Job("test", key="other"))
    assert first is not None
    assert second is None
    assert third is not None
    assert await put(database, Job("test", key="k")) == [None]
    assert await left(pg) == [("queued", 0), ("queued", 0)]


async def test_a_delayed_job_waits(database: Database, done: Done) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await put(database, Job("test", delay=timedelta(seconds=0.5)))
    async with Worker(database, [kind(done)], PACE).running():
        await eventually(lambda: len(done) == 1)
    assert loop.time() - begun >= 0.5


async def test_a_job_that_fails_is_tried_again_and_then_kept(database: Database, pg: asyncpg.Connection) -> None:
    attempts: list[tuple[int, bool]] = []

    async def fail(job: Job) -> None:
        attempts.append((job.attempt, job.is_last))
        raise ValueError("out of order")

    await put(database, Job("test"))
    async with Worker(database, [kind(fail)], PACE).running():
        await until_left(pg, ("failed", 2))
    assert attempts == [(1, False), (2, False), (3, True)]
    log = await pg.fetchval("SELECT traceback->>'exception_message' FROM jobs.pgqueuer_log WHERE status = 'failed'")
    assert log == "out of order"


async def test_a_job_that_cannot_succeed_is_kept_at_once(database: Database, pg: asyncpg.Connection) -> None:
    async def refuse(_: Job) -> None:
        raise GiveUp("never")

    await put(database, Job("test"))
    async with Worker(database, [kind(refuse)], PACE).running():
        await until_left(pg, ("failed", 0))


async def test_a_job_that_takes_too_long_has_failed(database: Database, pg: asyncpg.Connection) -> None:
    async def sleep(_: Job) -> None:
        await asyncio.sleep(60)

    await put(database, Job("test"))
    async with Worker(database, [kind(sleep, timeout=timedelta(milliseconds=50))], PACE).running():
        await until_left(pg, ("failed", 2))
    log = await pg.fetchval("SELECT traceback->>'exception_message' FROM jobs.pgqueuer_log WHERE status = 'failed'")
    assert log == "it took longer than 0.05 seconds"


async def test_a_cancelled_job_is_cut_off(database: Database, pg: asyncpg.Connection) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def wait(_: Job) -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    [number] = await put(database, Job("test"))
    assert number is not None
    async with Worker(database, [kind(wait)], PACE).running():
        await asyncio.wait_for(begun.wait(), 10)
        async with database.unit() as unit:
            await cancel(unit.connection, [number])
        await asyncio.wait_for(ended.wait(), 10)
        await until_left(pg)


async def test_no_more_jobs_of_a_kind_than_it_allows(database: Database, pg: asyncpg.Connection) -> None:
    under_way, most = 0, 0

    async def count(_: Job) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.02)
        under_way -= 1

    await put(database, *(Job("test") for _ in range(10)))
    async with (
        Worker(database, [kind(count, at_once=2)], PACE).running(),
        Worker(database, [kind(count, at_once=2)], PACE).running(),
    ):
        await until_left(pg)
    assert most == 2


async def test_two_workers_do_each_job_once(database: Database, pg: asyncpg.Connection, done: Done) -> None:
    await put(database, *(Job("test", {"n": n}) for n in range(200)))
    async with Worker(database, [kind(done)], PACE).running(), Worker(database, [kind(done)], PACE).running():
        await until_left(pg)
    assert sorted(job.payload["n"] for job in done) == list(range(200))


async def test_what_is_under_way_when_a_worker_ends_goes_back(
    database: Database, pg: asyncpg.Connection, done: Done
) -> None:
    begun = asyncio.Event()

    async def hang(_: Job) -> None:
        begun.set()
        await asyncio.sleep(60)

    await put(database, Job("test"))
    pace = Pace(4, timedelta(milliseconds=200), timedelta(seconds=30), timedelta(seconds=0.1))
    async with Worker(database, [kind(hang)], pace).running():
        await asyncio.wait_for(begun.wait(), 10)
    assert await left(pg) == [("queued", 1)]
    async with Worker(database, [kind(done)], PACE).running():
        await eventually(lambda: len(done) == 1)


async def test_a_job_may_end_before_its_worker_does(database: Database, pg: asyncpg.Connection) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def take_a_while(_: Job) -> None:
        begun.set()
        await asyncio.sleep(0.2)
        ended.set()

    await put(database, Job("test"))
    async with Worker(database, [kind(take_a_while)], PACE).running():
        await asyncio.wait_for(begun.wait(), 10)
    assert ended.is_set()
    assert await left(pg) == []


async def test_a_worker_survives_the_loss_of_its_connection(
    database: Database, pg: asyncpg.Connection, done: Done
) -> None:
    async with Worker(database, [kind(done)], PACE).running():
        await put(database, Job("test", {"n": 1}))
        await eventually(lambda: len(done) == 1)
        assert await pg.fetchval(CUT) == 1
        await put(database, Job("test", {"n": 2}))
        await eventually(lambda: {job.payload["n"] for job in done} == {1, 2})


async def test_a_job_whose_worker_is_gone_is_taken_over(database: Database, pg: asyncpg.Connection, done: Done) -> None:
    await put(database, Job("test"))
    await pg.execute(
        "UPDATE jobs.pgqueuer SET status = 'picked', queue_manager_id = gen_random_uuid(),"
        " heartbeat = now() - interval '2 s'"
    )
    async with Worker(database, [kind(done)], PACE).running():
        await eventually(lambda: len(done) == 1)


async def test_an_outage_makes_no_dead_letter(database: Database, pg: asyncpg.Connection) -> None:
    """Whoever waits for a database that is too busy has not failed, however often that is."""
    tries: list[Job] = []

    async def handle(job: Job) -> None:
        tries.append(job)
        if len(tries) < 6:
            raise Unavailable("too busy")

    await put(database, Job("test"))
    async with Worker(database, [kind(handle)], PACE).running():
        await until_left(pg)
    assert len(tries) == 6


async def test_what_has_ended_while_its_worker_ended_is_not_done_again(
    database: Database, pg: asyncpg.Connection
) -> None:
    """It was asked to end, and had nothing left to wait for."""
    begun, times = asyncio.Event(), []

    async def handle(_: Job) -> None:
        begun.set()
        times.append(1)
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(10)

    await put(database, Job("test"))
    async with Worker(database, [kind(handle)], Pace(poll=PACE.poll, grace=timedelta(0))).running():
        await asyncio.wait_for(begun.wait(), 5)
    assert (times, await left(pg)) == ([1], [])


async def test_a_lost_queue_does_not_wait_for_the_jobs_that_are_under_way(
    database: Database, pg: asyncpg.Connection
) -> None:
    """Nothing can be told of them any more, so others would take them over; they get the grace, and new ones begin."""
    begun: list[object] = []

    async def handle(job: Job) -> None:
        begun.append(job.payload["n"])
        if begun.count("long") == 1:
            await asyncio.sleep(job.payload["seconds"])

    await put(database, Job("test", {"n": "long", "seconds": 60}))
    async with Worker(database, [kind(handle)], PACE).running():
        await eventually(lambda: begun == ["long"])
        await pg.fetchval(CUT)
        await put(database, Job("test", {"n": "new", "seconds": 0}))
        await eventually(lambda: sorted(map(str, begun)) == ["long", "long", "new"])
        await until_left(pg)
