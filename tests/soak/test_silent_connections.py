"""Connections fall silent while the database lives, as behind a failover that told nobody: work goes on elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters import migrations
from adapters.database import AWAY, Database, pool, sessions
from adapters.jobs import Job, JobKind, Pace, Worker, enqueue
from adapters.jobs import worker as workers
from tests.soak.cluster import Cluster
from tests.support.waiting import eventually

pytestmark = pytest.mark.long

SIZE = 3
SECONDS = 20
"""In which anything must have ended."""


@pytest.fixture
async def database(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """Connections for statements of a second, which are waited for a second longer."""
    monkeypatch.setattr(sessions, "SETTLING_SECONDS", 1.0)
    monkeypatch.setattr(sessions, "SECONDS_OF_SILENCE", 1.0)
    monkeypatch.setattr(pool, "SECONDS_TO_CLOSE", 0.5)
    monkeypatch.setattr(workers, "STATEMENT_SECONDS", 1.0)
    database = Database(cluster.url, pool_size=SIZE, statement_timeout_ms=1_000)
    yield database
    await database.close()


async def ask(database: Database, statement: str = "SELECT") -> None:
    async with database.unit() as unit:
        await unit.connection.execute(statement)


async def test_who_has_no_time_limit_waits_no_longer_than_a_statement_may_take(
    cluster: Cluster, database: Database
) -> None:
    async with database.unit() as unit:
        with cluster.silencing_sessions():
            asking = asyncio.create_task(unit.connection.execute("SELECT"))
            await asyncio.wait([asking], timeout=SECONDS)
            assert isinstance(asking.exception(), TimeoutError)


async def test_connections_that_lie_ready_go_with_one_that_is_silent(cluster: Cluster, database: Database) -> None:
    await asyncio.gather(*(ask(database, "SELECT pg_sleep(0.2)") for _ in range(SIZE)))
    with cluster.silencing_sessions():
        async with asyncio.timeout(SECONDS):
            with pytest.raises(TimeoutError):
                await ask(database)
            await asyncio.sleep(2)  # until it is given up
            await asyncio.gather(*(ask(database) for _ in range(SIZE)))


async def test_a_change_of_tables_may_take_longer_until_its_connection_is_given_back(database: Database) -> None:
    async with database.unit() as unit:
        unit.connection.allow_seconds(10)
        await unit.connection.execute("SET statement_timeout = 0")
        await unit.connection.execute("SELECT pg_sleep(4)")
    with pytest.raises(TimeoutError):
        await ask(database, "SELECT pg_sleep(4)")


async def test_a_worker_takes_jobs_again(cluster: Cluster, database: Database) -> None:
    await migrations.upgrade(cluster.url)
    done: list[Job] = []

    async def note(job: Job) -> None:
        done.append(job)

    async def put() -> bool:
        try:
            async with database.transaction() as unit:
                await enqueue(unit.connection, [Job("noted")])
        except AWAY:
            return False
        return True

    pace = Pace(poll=timedelta(milliseconds=500), grace=timedelta(seconds=1))
    async with Worker(database, [JobKind("noted", note)], pace).running():
        await eventually(put)
        await eventually(lambda: len(done) == 1)
        with cluster.silencing_sessions():
            await eventually(put)
            await eventually(lambda: len(done) == 2)
