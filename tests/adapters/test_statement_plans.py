"""A statement's generic plan: without values, without running anything, and never at the expense of others."""

from collections.abc import AsyncIterator
from typing import TypeAlias

import asyncpg
import pytest

from adapters import statement_plans
from adapters.database import Database
from adapters.statement_plans import generic_plan

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@pytest.fixture
async def numbers(pg: Connection) -> AsyncIterator[str]:
    """A table with one row, 1."""
    await pg.execute("CREATE TABLE public.planned_numbers AS SELECT 1 AS number")
    yield "public.planned_numbers"
    await pg.execute("DROP TABLE public.planned_numbers")


async def test_placeholders_stay_placeholders(database: Database, numbers: str) -> None:
    plan = await generic_plan(database, f"SELECT '$9' FROM {numbers} WHERE number = $1 AND number = ANY ($2)")

    assert plan is not None
    assert plan.startswith("Seq Scan on planned_numbers")
    assert "Filter: ((number = ANY ($2)) AND (number = $1))" in plan or "(number = $1) AND (number = ANY ($2))" in plan


async def test_a_statement_without_placeholders_has_a_plan(database: Database) -> None:
    plan = await generic_plan(database, "\n  select 1")

    assert plan is not None
    assert plan.startswith("Result ")


@pytest.mark.parametrize(
    "statement", ["INSERT INTO {} VALUES ($1)", "UPDATE {} SET number = $1", "DELETE FROM {} WHERE number <> $1"]
)
async def test_a_write_is_planned_and_not_run(database: Database, pg: Connection, numbers: str, statement: str) -> None:
    plan = await generic_plan(database, statement.format(numbers))

    assert plan is not None
    assert "planned_numbers" in plan
    assert await pg.fetchval(f"SELECT array_agg(number) FROM {numbers}") == [1]


@pytest.mark.parametrize(
    "statement",
    [
        "COMMIT;",
        "ALTER TABLE {} ADD COLUMN other int",
        "SELECT 1; DELETE FROM {}",
        "SELECT 1 FROM nothing_of_that_name",
        "EXPLAIN ANALYZE DELETE FROM {}",
        "",
    ],
)
async def test_what_has_no_plan_has_none_and_is_not_run(
    database: Database, pg: Connection, numbers: str, statement: str
) -> None:
    assert await generic_plan(database, statement.format(numbers)) is None

    assert await pg.fetch(f"SELECT * FROM {numbers}") == [(1,)]


async def test_a_plan_does_not_wait_for_a_lock(database: Database, pg: Connection, numbers: str) -> None:
    async with pg.transaction():
        await pg.execute(f"LOCK TABLE {numbers} IN ACCESS EXCLUSIVE MODE")
        assert await generic_plan(database, f"SELECT * FROM {numbers}") is None


async def test_a_plan_that_takes_too_long_is_given_up(
    database: Database, monkeypatch: pytest.MonkeyPatch, pg: Connection
) -> None:
    """Constants are folded while it is planned, and that may take as long as it likes."""
    await pg.execute(
        "CREATE FUNCTION public.slow_constant() RETURNS int IMMUTABLE LANGUAGE plpgsql AS "
        "'BEGIN PERFORM pg_sleep(30); RETURN 1; END'"
    )
    monkeypatch.setitem(statement_plans._SETTINGS, "statement_timeout", "100")
    try:
        assert await generic_plan(database, "SELECT public.slow_constant()") is None
    finally:
        await pg.execute("DROP FUNCTION public.slow_constant")


async def test_a_database_that_is_away_has_no_plans() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none")

    assert await generic_plan(database, "SELECT 1") is None


async def test_it_takes_no_connection_of_the_pool_and_leaves_none(database_url: str, pg: Connection) -> None:
    database = Database(database_url, pool_size=1, max_waiting=1)
    async with database.unit():
        plan = await generic_plan(database, "SELECT 1")
    await database.close()

    assert plan is not None
    for _ in range(100):
        if not await pg.fetchval("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tablegraph-plans'"):
            break
    else:
        pytest.fail("a connection is left")
