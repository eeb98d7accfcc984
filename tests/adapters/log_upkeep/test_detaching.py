"""While a partition is detached those who read and write go on, and what is cut off in the middle is finished."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from adapters.database import Connection
from adapters.log_upkeep import LogUpkeep
from domain.changes.partitions import Partition
from tests.adapters.log_upkeep.conftest import OLD, Process
from tests.support.change_log import DAY, attach, horizon, now, partitions, tables, write, written
from tests.support.waiting import eventually

WAITING = """
SELECT pid FROM pg_stat_activity
 WHERE query LIKE 'ALTER TABLE changes DETACH%' AND state = 'active' AND wait_event_type = 'Lock'
"""
PENDING = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'changes'::regclass AND inhdetachpending"


@pytest.fixture
async def old(pg: Connection) -> Partition:
    """A partition that is older than a month, with two changes."""
    start = await now(pg) - OLD
    partition = await attach(pg, start, start + DAY)
    for _ in range(2):
        await write(pg, start)
    return partition


@asynccontextmanager
async def detaching(pg: Connection, upkeep: LogUpkeep) -> AsyncIterator[asyncio.Task[None]]:
    """The upkeep, in the middle of detaching: it waits for somebody."""

    async def is_waiting() -> bool:
        return bool(await pg.fetch(WAITING))

    task = asyncio.create_task(upkeep.drop_expired())
    await eventually(is_waiting)
    yield task
    await asyncio.wait([task])


async def cut_off(pg: Connection, process: Process, how: str = "pg_cancel_backend") -> None:
    """Leave a partition half detached."""
    async with detaching(pg, process()) as task:
        await pg.fetch(f"SELECT {how}(pid) FROM ({WAITING}) waiting")
    assert isinstance(task.exception(), asyncpg.PostgresError)
    assert await pg.fetchval(PENDING) == 1


async def test_a_long_transaction_is_waited_for_and_nobody_is_held_up(
    pg: Connection, other: Connection, process: Process, old: Partition, log_url: str
) -> None:
    await pg.execute("SET lock_timeout = '2s'")
    async with other.transaction():
        mine = [await write(other)]
        async with detaching(pg, process()) as task:
            theirs = [await write(pg), await write(pg)]
            assert await written(pg) == theirs  # what is leaving is out of sight already
            mine.append(await write(other))
            assert await written(other) == [mine[0], *theirs, mine[0]]
            assert not task.done()
            await other.execute("COMMIT; BEGIN")
        assert task.exception() is None
    assert await written(pg) == [mine[0], *theirs, mine[1]]
    assert old not in await tables(pg)


async def test_the_horizon_is_there_before_the_first_change_is_out_of_sight(
    pg: Connection, other: Connection, process: Process, old: Partition
) -> None:
    last = max(await written(pg))
    async with other.transaction():
        await write(other)
        async with detaching(pg, process()):
            assert await horizon(pg) == last
            await other.execute("COMMIT; BEGIN")


async def test_who_reads_in_one_snapshot_sees_the_partition_to_the_end(
    pg: Connection, other: Connection, process: Process, old: Partition
) -> None:
    async with other.transaction(isolation="repeatable_read"):
        seen = await written(other)
        assert len(seen) == 2
        async with detaching(pg, process()) as task:
            assert await written(other) == seen
            assert await written(pg) == []
            assert not task.done()
            await other.execute("COMMIT; BEGIN")
    assert old not in await tables(pg)


async def test_requests_have_the_pool_to_themselves(
    pg: Connection, other: Connection, process: Process, old: Partition
) -> None:
    upkeep = process()  # its pool has one connection
    async with other.transaction():
        await write(other)
        async with detaching(pg, upkeep):
            async with asyncio.timeout(5):
                await upkeep.make_ahead()
            await other.execute("COMMIT; BEGIN")


@pytest.mark.parametrize("how", ["pg_cancel_backend", "pg_terminate_backend"])
async def test_a_detach_that_was_cut_off_is_finished(
    pg: Connection, other: Connection, process: Process, old: Partition, how: str
) -> None:
    last = max(await written(pg))
    async with other.transaction():
        await write(other)
        await cut_off(pg, process, how)
        assert old in await partitions(pg)
    kept = await written(pg)

    await process().drop_expired()

    assert old not in await tables(pg)
    assert await pg.fetchval(PENDING) == 0
    assert (await written(pg), await horizon(pg)) == (kept, last)


async def test_nobody_is_held_up_while_it_is_finished(
    pg: Connection, other: Connection, process: Process, old: Partition
) -> None:
    await pg.execute("SET lock_timeout = '2s'")
    async with other.transaction(isolation="repeatable_read"):
        seen = await written(other)
        await cut_off(pg, process)
        async with detaching(pg, process()) as task:
            xid = await write(pg)
            assert await written(pg) == [xid]
            assert not task.done()
            await other.execute("COMMIT; BEGIN")
        assert task.exception() is None
    assert len(seen) == 2
    assert old not in await tables(pg)


async def test_others_that_are_too_old_follow_in_the_same_call(
    pg: Connection, other: Connection, process: Process, old: Partition
) -> None:
    second = await attach(pg, old.end, old.end + DAY)
    last = await write(pg, second.start)
    async with other.transaction():
        await write(other)
        await cut_off(pg, process)

    await process().drop_expired()

    assert not {old, second} & set(await tables(pg))
    assert await horizon(pg) == last


async def test_partitions_are_made_while_one_is_half_detached(
    pg: Connection, other: Connection, process: Process, old: Partition
) -> None:
    async with other.transaction():
        await write(other)
        await cut_off(pg, process)
    await pg.execute(f"DROP TABLE {(await partitions(pg))[-1].name}")

    await process().make_ahead()

    await write(pg)
    assert old in await partitions(pg)


async def test_a_server_that_stops_waits_for_nobody_and_the_next_one_finishes(
    pg: Connection, other: Connection, process: Process, old: Partition
) -> None:
    async def is_waiting() -> bool:
        return bool(await pg.fetch(WAITING))

    async def is_idle() -> bool:
        return not await is_waiting()

    async with other.transaction():
        await write(other)
        async with asyncio.timeout(15), process().running():
            await eventually(is_waiting)
        await eventually(is_idle)
        assert await pg.fetchval(PENDING) == 1

    await process().drop_expired()

    assert old not in await tables(pg)
