"""Who listens is told of every statement that runs on its behalf, by whatever way, and of nothing else."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
import pytest
from sqlalchemy import text

from adapters.database import Database
from adapters.statement_times import MAX_RUNS, StatementTimes, listening, shown


@contextmanager
def listened() -> Iterator[StatementTimes]:
    times = StatementTimes()
    token = listening.set(times)
    try:
        yield times
    finally:
        times.over()
        listening.reset(token)


def executed(times: StatementTimes) -> list[str]:
    return [run.text for run in times.runs if not run.is_preparation]


@pytest.fixture
async def fresh(database_url: str) -> Database:
    """A pool that has no statement prepared; one connection, which has been used."""
    database = Database(database_url, pool_size=1)
    async with database.unit():
        return database


async def test_statements_of_asyncpg_and_of_sqlalchemy_are_told(database: Database) -> None:
    async with database.unit():  # so that there is a connection, for which SQLAlchemy asks some things of its own
        pass
    with listened() as times:
        async with database.transaction() as unit:
            await unit.connection.fetchval("SELECT $1::int + 1", 1)
            await unit.session.execute(text("SELECT :a * 2"), {"a": 3})
            await unit.connection.executemany("SELECT $1::text", [("x",), ("y",)])
            async for _ in unit.connection.cursor("SELECT generate_series(1, 3)"):
                pass
            await unit.connection.execute("SET LOCAL jit = 'off'")

    assert executed(times) == [
        "BEGIN;",
        "SELECT $1::int + 1",
        "SELECT $1 * 2",
        "SELECT $1::text",
        "SELECT generate_series(1, 3)",
        "SET LOCAL jit = 'off'",
        "COMMIT;",
    ]
    assert times.count == 7
    assert times.seconds == pytest.approx(sum(run.ended - run.began for run in times.runs))
    assert all(run.ended > run.began and run.error is None for run in times.runs)


async def test_preparing_is_told_apart_and_does_not_count(fresh: Database) -> None:
    with listened() as times:
        async with fresh.unit() as unit:
            for number in (1, 2):
                await unit.connection.fetchval("SELECT $1::int + 10", number)
    await fresh.close()

    assert [(run.text, run.is_preparation) for run in times.runs] == [
        ("SELECT $1::int + 10", True),
        ("SELECT $1::int + 10", False),
        ("SELECT $1::int + 10", False),
    ]
    assert times.count == 2


async def test_a_failure_has_its_sqlstate_and_a_cancelled_statement_its_exception(database: Database) -> None:
    with listened() as times:
        async with database.unit() as unit:
            with pytest.raises(asyncpg.DivisionByZeroError):
                await unit.connection.fetchval("SELECT $1::int / 0", 1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05), database.unit() as unit:
                await unit.connection.fetchval("SELECT pg_sleep(30)")

    errors = {run.text: run.error for run in times.runs if run.error is not None}
    assert errors == {"SELECT $1::int / 0": "22012", "SELECT pg_sleep(30)": "CancelledError"}


async def test_tasks_that_it_started_are_a_part_of_it_until_it_is_over(database: Database) -> None:
    may_go_on = asyncio.Event()

    async def ask(number: int) -> None:
        if number == 3:
            await may_go_on.wait()
        async with database.unit() as unit:
            await unit.connection.fetchval("SELECT $1::int", number)

    with listened() as times:
        late = asyncio.create_task(ask(3))
        await asyncio.gather(ask(1), ask(2))
    may_go_on.set()
    await late

    assert executed(times) == ["SELECT $1::int"] * 2
    assert times.count == 2


async def test_nobody_listens_by_default(database: Database) -> None:
    assert listening.get() is None
    async with database.unit() as unit:
        assert await unit.connection.fetchval("SELECT $1::int", 7) == 7


def test_what_is_kept_is_bounded_and_everything_counts() -> None:
    times = StatementTimes()
    for _ in range(MAX_RUNS + 5):
        times.ran("SELECT 1", 1.0, 1.5, False, None)

    assert (len(times.runs), times.count, times.seconds) == (MAX_RUNS, MAX_RUNS + 5, (MAX_RUNS + 5) / 2)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT 'key' || $1", "SELECT 'key' || $1"),
        (
            "ALTER TABLE t ADD COLUMN c text DEFAULT 'a ''secret''', ADD d int",
            "ALTER TABLE t ADD COLUMN c text DEFAULT '…', ADD d int",
        ),
        (
            "COMMENT ON TABLE t IS E'a'; COMMENT ON TABLE u IS 'x'",
            "COMMENT ON TABLE t IS E'…'; COMMENT ON TABLE u IS '…'",
        ),
        ("SELECT " + "x" * 100, "SELECT " + "x" * 63),
        ("COMMENT ON TABLE t IS '" + "a secret" * 100, "COMMENT ON TABLE t IS '…"),
    ],
)
def test_no_values_are_shown(statement: str, expected: str) -> None:
    assert shown(statement, 70) == expected
