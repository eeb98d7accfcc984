"""The pool: connections are kept at hand, and none goes on that is not sound."""

import asyncio
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import pytest
from sqlalchemy import text

from adapters.database import Database
from domain.errors import Unavailable
from tests.support.postgres import with_database
from tests.support.waiting import eventually

SIZE = 3
IS_QUIET = """
SELECT NOT EXISTS (
    SELECT FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
)
"""

HAS_LOCKS = """
SELECT EXISTS (
    SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
     WHERE l.locktype = 'advisory' AND d.datname = current_database()
)
"""
"""Of this database: other processes of the run have their own, where other tests take locks."""


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
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)):
            await unit.connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert await backend(pool) != ended
    assert pool.connections_in_use == 0


async def test_what_is_cancelled_ends_in_the_server_and_nobody_inherits_it(
    pool: Database, pg: asyncpg.Connection
) -> None:
    # given: it holds a lock while it is cut off, and its rollback is, too
    async def write() -> None:
        async with pool.transaction() as unit:
            await unit.connection.execute("SELECT pg_advisory_xact_lock(1)")
            await unit.connection.execute("SELECT pg_sleep(30)")

    task = asyncio.create_task(write())
    await eventually(lambda: pg.fetchval(HAS_LOCKS))
    await eventually(lambda: pg.fetchval("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep')"))

    # when
    await cancelled(task, times=3)

    # then
    await pg.execute("SET statement_timeout = '5s'")
    await pg.execute("SELECT pg_advisory_lock(1), pg_advisory_unlock(1)")
    async with pool.transaction() as unit:
        assert await unit.connection.fetchval("SELECT 1") == 1
    await eventually(lambda: pool.connections_in_use == 0)


async def test_a_statement_cut_off_between_its_parts_is_not_inherited(pool: Database, pg: asyncpg.Connection) -> None:
    """One that is prepared and not executed goes on in the server: it holds locks, and its timeout runs."""
    # given
    await backend(pool)
    await pg.execute("CREATE TABLE midway (n int)")

    async def read(turns: int) -> None:
        async with pool.unit() as unit:
            await unit.connection.fetch(f"SELECT n, {turns} FROM midway WHERE n > $1", 1)

    # when: it is cancelled at each turn of the loop
    left = []
    for turns in range(300):
        task = asyncio.create_task(read(turns))
        for _ in range(turns):
            await asyncio.sleep(0)
        await cancelled(task, times=1)
        await eventually(lambda: pool.connections_in_use == 0)
        if not await pg.fetchval(IS_QUIET):
            left.append(turns)

    # then
    assert left == []
    await pg.execute("SET lock_timeout = '2s'; DROP TABLE midway")


async def test_a_statement_whose_arguments_cannot_be_sent_is_not_inherited(
    pool: Database, pg: asyncpg.Connection
) -> None:
    async with pool.unit() as unit:
        with suppress(asyncpg.DataError):  # as the executor of GraphQL does, who has others to serve
            await unit.connection.fetch("SELECT relname FROM pg_class WHERE relpages = $1", 1 << 40)
    assert await pg.fetchval(IS_QUIET)


@pytest.mark.parametrize("times", [1, 2])
async def test_a_transaction_whose_beginning_is_cancelled_is_not_inherited(
    pool: Database, pg: asyncpg.Connection, times: int
) -> None:
    # given
    await backend(pool)

    async def write() -> None:
        async with pool.transaction():
            await asyncio.sleep(30)

    # when: BEGIN is on its way
    task = asyncio.create_task(write())
    await asyncio.sleep(0)
    await cancelled(task, times)
    await eventually(lambda: pool.connections_in_use == 0)

    # then: what comes next is in a transaction of its own, and committed
    async with pool.transaction() as unit:
        await unit.connection.execute("SELECT pg_advisory_xact_lock(2)")
    async with pool.unit() as unit:
        assert not unit.connection.is_in_transaction()
    assert not await pg.fetchval(HAS_LOCKS)


async def test_a_statement_of_the_session_that_is_cancelled_is_nothing_but_cancelled(pool: Database) -> None:
    async def write() -> None:
        async with pool.transaction() as unit, asyncio.timeout(0.1):
            await unit.session.execute(text("SELECT pg_sleep(30)"))

    with pytest.raises(TimeoutError):
        await write()
    assert await backend(pool) > 0
    assert pool.connections_in_use == 0


async def test_the_pool_is_sound_whenever_its_users_are_cancelled(pool: Database, pg: asyncpg.Connection) -> None:
    # given
    chance = random.Random(7)

    async def read() -> None:
        async with pool.unit() as unit:
            for rows in chance.sample([1, 1_000, 20_000], 3):
                await unit.connection.fetch(f"SELECT {chance.random()} FROM generate_series(1, $1::int)", rows)

    async def write() -> None:
        async with pool.transaction() as unit:
            await unit.connection.execute("SELECT pg_advisory_xact_lock($1)", chance.randint(1, 2))
            await unit.session.execute(text("SELECT pg_sleep(0.001)"))

    # when: only cancellation may end them, whoever had their connection before
    async def begin_and_cancel() -> None:
        task = asyncio.create_task(chance.choice([read, write])())
        await asyncio.sleep(chance.uniform(0, 0.01))
        await cancelled(task, chance.choice([0, 1, 1, 2, 3]))

    for _ in range(30):
        await asyncio.gather(*(begin_and_cancel() for _ in range(2 * SIZE)))

    # then
    await eventually(lambda: pool.connections_in_use == 0)
    await eventually(lambda: pg.fetchval(IS_QUIET))
    assert len(set(await asyncio.gather(*(backend(pool) for _ in range(20))))) == SIZE


async def cancelled(task: "asyncio.Task[None]", times: int) -> None:
    """Cancel it so many times, each when it has begun to deal with the one before; see that it ends in no other way."""
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
    with suppress(asyncio.CancelledError):
        await task


async def test_a_database_that_takes_no_connections_is_unavailable(database_url: str) -> None:
    pool = Database(with_database(database_url, "nowhere"), pool_size=1)
    with pytest.raises(Unavailable):
        await backend(pool)
    await pool.close()


async def test_a_database_that_is_away_is_unavailable() -> None:
    pool = Database("postgresql://postgres@127.0.0.1:1/nowhere", pool_size=1)
    with pytest.raises(Unavailable):
        await backend(pool)
    await pool.close()


async def test_a_statement_that_takes_too_long_is_given_up_by_postgresql_itself(database_url: str) -> None:
    """Behind the deadline of an operation, which the process keeps: a process that hangs keeps none."""
    pool = Database(database_url, pool_size=1, statement_timeout_ms=100)
    try:
        with pytest.raises(asyncpg.QueryCanceledError, match="statement timeout"):
            async with pool.unit() as unit:
                await unit.connection.fetchval("SELECT pg_sleep(60)")
        assert await backend(pool) == await backend(pool)
    finally:
        await pool.close()


HOLDS_A_LOCK = """
import asyncio, sys
from adapters.database import AWAY, Database

async def main():
    database = Database(sys.argv[1], idle_transaction_timeout_ms=300)
    try:
        async with database.transaction() as unit:
            await unit.connection.execute("SELECT pg_advisory_xact_lock(20261126)")
            print("held", flush=True)
            await asyncio.to_thread(sys.stdin.readline)
    except AWAY:
        print("lost", flush=True)

asyncio.run(main())
"""


async def test_a_process_that_is_paused_holds_nothing_for_ever(pool: Database, database_url: str) -> None:
    """Whoever takes its work over would wait for its locks, which no broken connection ends."""
    program, pipe = (sys.executable, "-c", HOLDS_A_LOCK, database_url), asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*program, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert await process.stdout.readline() == b"held\n"
        process.send_signal(signal.SIGSTOP)
        async with pool.transaction() as unit:
            await unit.connection.execute("SELECT pg_advisory_xact_lock(20261126)")
        process.send_signal(signal.SIGCONT)
        process.stdin.write(b"\n")
        assert await process.stdout.readline() == b"lost\n"  # nothing of it was committed
    finally:
        process.kill()
        await process.wait()
