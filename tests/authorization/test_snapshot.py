"""A snapshot differs where anything did: else a denial that changes something would pass."""

import pytest

from tests.authorization.cases_catalog import table
from tests.authorization.snapshot import snapshot
from tests.authorization.world import World

USERS_TABLE = "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname LIKE 'base\\_%'"


async def differing(world: World, statement: str) -> set[str]:
    """The names of what a statement, in which `{table}` is the users' table, makes different."""
    async with world.database.unit() as unit:
        name = await unit.connection.fetchval(USERS_TABLE)
        before = await snapshot(world.database, with_queue=True)
        await unit.connection.execute(statement.replace("{table}", name))
        after = await snapshot(world.database, with_queue=True)
    found = {each for each in before.keys() | after.keys() if before.get(each) != after.get(each)}
    return {each.replace(name, "{table}") for each in found}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT 1", set()),
        ("UPDATE workspaces SET name = 'Theirs'", {"public.workspaces"}),
        ("DELETE FROM api_keys", {"public.api_keys"}),
        ("INSERT INTO {table} (id) VALUES (gen_random_uuid())", {"{table}"}),
        ("ALTER TABLE {table} ADD COLUMN more text", {"columns"}),
        ("CREATE TABLE {table}_more ()", {"{table}_more"}),
        (
            "INSERT INTO jobs.pgqueuer (priority, status, entrypoint, payload, attempts) "
            "VALUES (0, 'queued', 'x', '', 0)",
            {"jobs.pgqueuer"},
        ),
    ],
)
async def test_what_differs_is_told(statement: str, expected: set[str], world: World) -> None:
    await table(world)
    assert await differing(world, statement) == expected
