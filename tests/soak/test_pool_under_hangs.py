"""The pool while the database hangs and goes on, or crashes, under work that is cancelled: no place is lost."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from adapters.database import AWAY, Database, sessions
from adapters.database import pool as pools
from tests.soak.cluster import Cluster
from tests.support.waiting import eventually

SIZE = 3
SECONDS = 30
"""In which all work must have ended."""


class Failed(Exception):
    """What fails its transaction."""


@pytest.fixture
async def pool(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """A pool that gives up soon what does not end."""
    monkeypatch.setattr(sessions, "SETTLING_SECONDS", 1.0)
    for name in ("SECONDS_TO_ROLL_BACK", "SECONDS_TO_WAIT"):
        monkeypatch.setattr(pools, name, 1.0)
    pool = Database(cluster.url, pool_size=SIZE)
    yield pool
    await pool.close()


async def work(pool: Database, chance: random.Random) -> None:
    """Read, write or fail, by chance, and be cancelled up to three times meanwhile."""

    async def use() -> None:
        if chance.random() < 0.5:
            async with pool.unit() as unit:
                await unit.connection.fetchval("SELECT 1")
                await unit.session.execute(text("SELECT 2"))
            return
        async with pool.transaction() as unit:
            await unit.connection.execute("SELECT 3")
            await asyncio.sleep(chance.uniform(0, 0.2))
            await unit.session.execute(text("SELECT 4"))
            if chance.random() < 0.5:
                raise Failed

    task = asyncio.create_task(use())
    await asyncio.sleep(chance.uniform(0, 1.5))
    for _ in range(chance.choice([0, 1, 1, 2, 3])):
        task.cancel()
        await asyncio.sleep(chance.choice([0, 0, 0.01, 0.7]))
    with suppress(asyncio.CancelledError, Failed, DBAPIError, *AWAY):
        await task


async def all_have_a_place(pool: Database) -> None:
    """As many as there are places have one at the same time, and see that their connection is sound."""
    together = asyncio.Barrier(SIZE)

    async def use() -> int:
        async with pool.unit() as unit:
            await together.wait()
            return int(await unit.connection.fetchval("SELECT pg_backend_pid()"))

    async with asyncio.timeout(SECONDS):
        assert len(set(await asyncio.gather(*(use() for _ in range(SIZE))))) == SIZE


@pytest.mark.parametrize("is_ended", [False, True], ids=["goes on", "crashes"])
async def test_no_place_is_lost_and_no_task_left(pool: Database, cluster: Cluster, is_ended: bool) -> None:
    chance, before = random.Random(3), asyncio.all_tasks()
    await all_have_a_place(pool)
    for seconds in (0.5, 2.5):
        working = asyncio.gather(*(work(pool, chance) for _ in range(20)))
        await asyncio.sleep(0.1)
        cluster.hang()
        await asyncio.sleep(seconds)
        cluster.go_on()
        if is_ended:
            await asyncio.to_thread(cluster.halt, signal.SIGQUIT)
        async with asyncio.timeout(SECONDS):
            await working
        if is_ended:
            await asyncio.to_thread(cluster.recover)

    async def is_at_rest() -> bool:
        return pool.connections_in_use == pool.waiting == 0 and asyncio.all_tasks() <= before

    await eventually(is_at_rest)
    await all_have_a_place(pool)
