"""What is older than the retention is dropped from the change log, and what was dropped can be told."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from adapters.database import Connection
from adapters.log_upkeep import DROPPING
from domain.changes.partitions import Partition
from tests.adapters.log_upkeep.conftest import OLD, Process
from tests.support.change_log import DAY, attach, drop_all, horizon, now, partitions, tables, write, written
from tests.support.waiting import eventually


@pytest.fixture
async def old(pg: Connection) -> Partition:
    """A partition that is older than a month, still empty."""
    start = await now(pg) - OLD
    return await attach(pg, start, start + DAY)


async def test_what_is_older_than_the_retention_goes(pg: Connection, process: Process, old: Partition) -> None:
    young = await attach(pg, await now(pg) - 31 * DAY, await now(pg) - 30 * DAY + 60)
    gone = [await write(pg, old.start + n) for n in range(3)]
    kept = [await write(pg, young.start), await write(pg)]

    await process().drop_expired()

    assert await written(pg) == kept
    assert old not in await tables(pg)
    assert young in await partitions(pg)
    assert await horizon(pg) == max(gone)


async def test_where_nothing_is_too_old_all_stays(pg: Connection, process: Process, old: Partition) -> None:
    there, xids = await partitions(pg), [await write(pg, old.start), await write(pg)]

    await process(timedelta(days=41)).drop_expired()

    assert (await partitions(pg), await written(pg), await horizon(pg)) == (there, xids, None)


async def test_an_empty_partition_moves_no_horizon(pg: Connection, process: Process, old: Partition) -> None:
    await process().drop_expired()

    assert old not in await tables(pg)
    assert await horizon(pg) is None


async def test_the_horizon_never_comes_nearer(pg: Connection, process: Process) -> None:
    """Transactions need not be in the order of the partitions that they wrote to."""
    start = await now(pg) - OLD
    older, newer = await attach(pg, start, start + DAY), await attach(pg, start + DAY, start + 2 * DAY)
    low = await write(pg, newer.start)
    high = await write(pg, older.start)
    seen = []
    for days in (39, 38):
        await process(timedelta(days=days)).drop_expired()
        seen.append((await horizon(pg), older in await tables(pg), newer in await tables(pg)))

    assert low < high
    assert seen == [(high, False, True), (high, False, False)]


async def test_several_go_at_once_and_two_processes_do_not_disturb_each_other(pg: Connection, process: Process) -> None:
    start = await now(pg) - OLD
    there = await partitions(pg)
    many = [await attach(pg, start + n * 60, start + (n + 1) * 60) for n in range(5)]
    gone = [await write(pg, each.start) for each in many]
    last = await write(pg)
    several = [process() for _ in range(3)]

    await asyncio.gather(*(each.drop_expired() for each in several))

    assert await tables(pg) == there
    assert await written(pg) == [last]
    assert await horizon(pg) == gone[-1]


async def test_what_another_process_is_about_is_left_to_it(
    pg: Connection, other: Connection, process: Process, old: Partition
) -> None:
    await other.execute("SELECT pg_advisory_lock($1)", DROPPING)
    await process().drop_expired()
    assert old in await partitions(pg)

    await other.execute("SELECT pg_advisory_unlock($1)", DROPPING)
    await process().drop_expired()
    assert old not in await tables(pg)


async def test_a_running_server_drops_what_is_too_old(pg: Connection, process: Process, old: Partition) -> None:
    async def is_gone() -> bool:
        return old not in await tables(pg)

    async with process().running():
        await eventually(is_gone)


async def test_a_partition_stays_for_as_long_as_an_open_transaction_may_write_to_it(
    pg: Connection, other: Connection, process: Process
) -> None:
    """A change belongs where its transaction began, however late it is written."""

    async def is_over() -> bool:
        return await now(pg) >= end + 2

    await drop_all(pg)
    end = await now(pg) + 2
    first, _ = await attach(pg, end - DAY, end), await attach(pg, end, end + DAY)
    async with other.transaction():
        xid = await write(other)
        await other.execute("SET LOCAL lock_timeout = 0")
        await eventually(is_over)
        await process(timedelta(seconds=1)).drop_expired()
        assert first in await partitions(pg)
        assert await write(other) == xid
    assert await written(pg) == [xid, xid]

    await process(timedelta(seconds=1)).drop_expired()

    assert first not in await tables(pg)
    assert (await written(pg), await horizon(pg)) == ([], xid)


async def test_a_partition_that_was_detached_by_hand_goes_when_it_is_too_old(
    pg: Connection, process: Process, old: Partition
) -> None:
    xid = await write(pg, old.start)
    young = await attach(pg, await now(pg) - 20 * DAY, await now(pg) - 19 * DAY)
    for each in (old, young):
        await pg.execute(f"ALTER TABLE changes DETACH PARTITION {each.name}")

    await process().drop_expired()

    assert old not in await tables(pg)
    assert young in await tables(pg)
    assert await horizon(pg) == xid


async def test_what_cannot_be_dropped_yet_is_dropped_later(
    pg: Connection, other: Connection, process: Process, old: Partition
) -> None:
    xid = await write(pg, old.start)
    await other.execute(f"CREATE VIEW last_year AS SELECT * FROM {old.name}")
    with pytest.raises(asyncpg.DependentObjectsStillExistError):
        await process().drop_expired()
    assert (old in await tables(pg), await written(pg), await horizon(pg)) == (True, [], xid)

    await other.execute("DROP VIEW last_year")
    await process().drop_expired()

    assert old not in await tables(pg)
    assert await horizon(pg) == xid
