"""Partitions of the change log are made ahead, without a word to those who read and write."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from adapters.database import Connection, Database
from adapters.log_upkeep import LogUpkeep
from domain.changes.partitions import AHEAD, PARTS, length, to_make
from tests.adapters.log_upkeep.conftest import MONTH, Process
from tests.support.change_log import DAY, attach, drop_all, now, partitions, write, written

INDEXES = """
SELECT count(*), count(DISTINCT i.indrelid) FROM pg_index i JOIN pg_inherits c ON c.inhrelid = i.indrelid
 WHERE c.inhparent = 'changes'::regclass AND i.indisvalid
"""


async def test_after_weeks_without_a_server_changes_find_a_place_again(pg: Connection, process: Process) -> None:
    await drop_all(pg)
    old = await attach(pg, await now(pg) - 60 * DAY, await now(pg) - 57 * DAY)
    with pytest.raises(asyncpg.CheckViolationError):
        await write(pg)

    await process().make_ahead()

    made = [each for each in await partitions(pg) if each != old]
    assert [each.end - each.start for each in made] == [5 * DAY] * (AHEAD + 1)
    assert made[0].start < await now(pg) < made[0].end
    xids = [await write(pg, at) for at in (None, await now(pg) + 8 * DAY, old.start)]
    assert await written(pg) == xids


async def test_partitions_go_on_behind_those_of_another_retention(pg: Connection, process: Process) -> None:
    before = await partitions(pg)

    await process(timedelta(days=400)).make_ahead()
    for_long = await partitions(pg)
    await process(timedelta(hours=1)).make_ahead()

    assert [each for each in for_long if each in before] == before
    new = [each for each in for_long if each not in before]
    assert {each.end - each.start for each in new} == {400 * DAY // PARTS // 60 * 60}
    assert new[0].start == before[-1].end
    assert await partitions(pg) == for_long


async def test_new_partitions_have_the_indexes_and_columns_of_the_log(pg: Connection, process: Process) -> None:
    await drop_all(pg)

    await process().make_ahead()

    assert tuple(await pg.fetchrow(INDEXES) or ()) == (6 * (AHEAD + 1), AHEAD + 1)
    seqs = [await pg.fetchval("SELECT max(seq) FROM changes") for _ in range(2) if await write(pg)]
    assert seqs[1] == seqs[0] + 1


async def test_open_transactions_are_not_waited_for_and_go_on(
    pg: Connection, other: Connection, process: Process
) -> None:
    await attach(pg, await now(pg) + 20 * DAY, await now(pg) + 21 * DAY)
    count = len(await partitions(pg))
    async with other.transaction():
        mine = [await write(other)]
        assert await written(other) == mine

        await process(timedelta(days=100)).make_ahead()

        assert len(await partitions(pg)) > count
        mine.append(await write(other))
        assert await written(other) == mine
    assert await written(pg) == mine


async def test_of_processes_that_start_at_once_one_makes_them(pg: Connection, process: Process) -> None:
    await drop_all(pg)
    several = [process() for _ in range(4)]
    earliest = await now(pg)

    await asyncio.gather(*(each.make_ahead() for each in several))

    assert await partitions(pg) in [to_make([], at, MONTH) for at in range(earliest, await now(pg) + 1)]


async def test_when_nothing_is_missing_nothing_is_locked(pg: Connection, other: Connection, process: Process) -> None:
    await process().make_ahead()
    there = await partitions(pg)
    async with other.transaction():
        await other.execute("LOCK TABLE changes IN SHARE UPDATE EXCLUSIVE MODE")

        await process().make_ahead()

    assert await partitions(pg) == there


async def test_a_log_that_others_hold_is_left_to_the_next_look(
    pg: Connection, other: Connection, process: Process
) -> None:
    await drop_all(pg)
    upkeep = process()
    async with other.transaction():
        await other.execute("LOCK TABLE changes IN SHARE UPDATE EXCLUSIVE MODE")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await upkeep.make_ahead()
    assert await partitions(pg) == []

    await upkeep.make_ahead()

    assert len(await partitions(pg)) == AHEAD + 1


async def test_a_server_that_starts_has_partitions_before_it_serves(pg: Connection, process: Process) -> None:
    await drop_all(pg)

    async with process().running():
        await write(pg)


async def test_a_server_starts_without_its_database(caplog: pytest.LogCaptureFixture) -> None:
    pool = Database("postgresql://postgres@127.0.0.1:1/nowhere", pool_size=1)

    async with LogUpkeep(pool, MONTH).running():
        assert "the change log was not seen to" in caplog.text
    await pool.close()


async def test_the_clock_of_the_database_counts(
    pg: Connection, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    await drop_all(pg)
    monkeypatch.setattr("time.time", lambda: 0.0)
    monkeypatch.setattr("time.time_ns", lambda: 0)

    await process().make_ahead()

    first = (await partitions(pg))[0]
    assert first.start <= await now(pg) - 60
    assert first.end - first.start == length(MONTH)
