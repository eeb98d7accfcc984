"""The test support itself: clean databases, and statements that are counted whichever way they run."""

from sqlalchemy import text

from adapters.database import Database
from tests.support.postgres import Cleaner


async def test_clean_deletes_rows_and_bases(database: Database, cleaner: Cleaner) -> None:
    async with database.unit() as unit:
        await unit.connection.execute("INSERT INTO workspaces (id, name) VALUES (gen_random_uuid(), 'w')")
        await unit.connection.execute("CREATE SCHEMA base_77; CREATE TABLE base_77.t_1 ()")

    await cleaner.clean()

    async with database.unit() as unit:
        assert await unit.connection.fetchval("SELECT count(*) FROM workspaces") == 0
        assert await unit.connection.fetchval("SELECT count(*) FROM pg_namespace WHERE nspname = 'base_77'") == 0


async def test_statements_are_seen_on_every_path(database: Database, statements) -> None:
    with statements() as seen:
        async with database.transaction() as unit:
            await unit.session.execute(text("SELECT 1"))
            await unit.connection.fetch("SELECT $1::int", 2)
            await unit.connection.execute("SELECT 3")
            prepared = await unit.connection.prepare("SELECT 4")
            await prepared.fetch()
            await unit.connection.executemany("SELECT $1::int", [(5,), (6,)])

    assert seen.texts == ["SELECT 1", "SELECT $1::int", "SELECT 3", "SELECT 4", "SELECT $1::int"]
    assert seen.transactions == ["BEGIN;", "COMMIT;"]
    assert seen.count == 5


async def test_statements_outside_the_block_are_not_seen(database: Database, statements) -> None:
    with statements() as seen:
        pass
    async with database.unit() as unit:
        await unit.connection.execute("SELECT 1")

    assert seen.count == 0
