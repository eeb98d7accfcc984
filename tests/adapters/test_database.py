"""The pool: connections are kept at hand, and none goes on that is not sound."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from adapters.database import Database
from domain.errors import Unavailable

SIZE = 3


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Database]:
    """A pool of three connections."""
    pool = Database(database_url, pool_size=SIZE)
    yield pool
    await pool.close()


async def backend(pool: Database) -> int:
    async with pool.unit() as unit:
        return int(await unit.connection.fetchval("SELECT pg_backend_pid()"))


async def test_a_connection_is_used_again(pool: Database) -> None:
    assert await backend(pool) == await backend(pool)
    assert pool.connections_in_use == 0


async def test_many_tasks_share_few_connections(pool: Database) -> None:
    backends = await asyncio.gather(*(backend(pool) for _ in range(50)))
    assert len(set(backends)) == SIZE
    assert pool.connections_in_use == 0


async def test_a_connection_that_the_server_ended_is_not_used_again(pool: Database, pg: asyncpg.Connection) -> None:
    ended = await backend(pool)
    await pg.execute("SELECT pg_terminate_backend($1)", ended)
    async with pool.unit() as unit:
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
            await unit.connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert await backend(pool) != ended
    assert pool.connections_in_use == 0


async def test_a_cancelled_transaction_leaves_no_connection_inside_one(pool: Database) -> None:
    async def write() -> None:
        async with pool.transaction() as unit:
            await unit.connection.execute("SELECT pg_sleep(30)")

    task = asyncio.create_task(write())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with pool.unit() as unit:
        assert not unit.connection.is_in_transaction()
        assert await unit.connection.fetchval("SELECT 1") == 1
    assert pool.connections_in_use == 0


async def test_a_database_that_is_away_is_unavailable() -> None:
    pool = Database("postgresql://postgres@127.0.0.1:1/nowhere", pool_size=1)
    with pytest.raises(Unavailable):
        await backend(pool)
    await pool.close()
