"""The operation's transaction: when it begins, what it carries, and what happens after it."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from adapters.database import Database
from resolvers.context import Client, RequestContext
from resolvers.services import Services
from tests.support.statements import StatementLog

Statements = Callable[[], StatementLog]
INSERT = "INSERT INTO workspaces (id, name) VALUES (gen_random_uuid(), $1)"


class Failed(Exception):
    """Ends a transaction badly."""


@pytest.fixture
def context(services: Services) -> RequestContext:
    """An operation's context."""
    return RequestContext(services, None, Client("test"))


async def insert(context: RequestContext, name: str) -> None:
    """Write a row in the operation's unit."""
    async with context.unit() as unit:
        await unit.connection.execute(INSERT, name)


async def fail(context: RequestContext, *work: Callable[[], Awaitable[None]]) -> None:
    """An operation that does this work and then fails."""
    with pytest.raises(Failed):
        await _run_and_fail(context, *work)


async def _run_and_fail(context: RequestContext, *work: Callable[[], Awaitable[None]]) -> None:
    async with context.transaction():
        for step in work:
            await step()
        raise Failed


async def names(pg: asyncpg.Connection) -> list[str]:
    """What was committed."""
    return [row["name"] for row in await pg.fetch("SELECT name FROM workspaces ORDER BY name")]


async def test_all_units_of_an_operation_are_one_transaction(
    context: RequestContext, pg: asyncpg.Connection, statements: Statements
) -> None:
    with statements() as seen:
        async with context.transaction():
            await asyncio.gather(insert(context, "a"), insert(context, "b"))
            assert await names(pg) == []

    assert await names(pg) == ["a", "b"]
    assert seen.transactions == ["BEGIN;", "COMMIT;"]


async def test_a_failed_operation_leaves_nothing(context: RequestContext, pg: asyncpg.Connection) -> None:
    await fail(context, lambda: insert(context, "a"))

    assert await names(pg) == []


async def test_an_operation_that_needs_no_database_does_not_touch_it(
    context: RequestContext, statements: Statements
) -> None:
    with statements() as seen:
        async with context.transaction():
            pass

    assert (seen.texts, seen.transactions) == ([], [])


async def test_units_after_the_operation_commit_by_themselves(
    context: RequestContext, pg: asyncpg.Connection, statements: Statements
) -> None:
    async with context.transaction():
        await insert(context, "a")
    with statements() as seen:
        await insert(context, "b")

    assert await names(pg) == ["a", "b"]
    assert seen.transactions == []


async def test_an_early_unit_is_outside_until_the_operation_has_begun(
    context: RequestContext, pg: asyncpg.Connection
) -> None:
    async def insert_early(name: str) -> None:
        async with context.early_unit() as unit:
            await unit.connection.execute(INSERT, name)

    await fail(context, lambda: insert_early("early"), lambda: insert(context, "inside"), lambda: insert_early("late"))

    assert await names(pg) == ["early"]


async def test_an_operation_never_holds_two_connections(database_url: str, services: Services) -> None:
    services.database = Database(database_url, pool_size=1)
    context = RequestContext(services, None, Client("test"))

    async with context.transaction():
        for _ in range(2):
            async with context.early_unit() as unit:
                assert await unit.connection.fetchval("SELECT 1") == 1
            async with context.unit() as unit:
                assert await unit.connection.fetchval("SELECT 2") == 2
    await services.database.close()


async def test_after_a_rollback_comes_what_was_asked_for(context: RequestContext, pg: asyncpg.Connection) -> None:
    async def note() -> None:
        assert await names(pg) == []
        await insert(context, "noted")

    async def ask() -> None:
        context.after_rollback(note)

    await fail(context, lambda: insert(context, "a"), ask)

    assert await names(pg) == ["noted"]


async def test_after_a_commit_it_does_not_come(context: RequestContext, pg: asyncpg.Connection) -> None:
    async def note() -> None:
        await insert(context, "noted")

    async with context.transaction():
        await insert(context, "a")
        context.after_rollback(note)
    await fail(context)

    assert await names(pg) == ["a"]
