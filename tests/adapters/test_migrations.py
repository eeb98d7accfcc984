"""The migrations: they make what the models say, and can be taken back."""

import asyncpg
import pytest

from adapters import migrations
from adapters.database import Database
from tests.support.postgres import create_database


async def test_migrated_database_equals_the_models(database_url: str) -> None:
    await migrations.check(database_url)


async def test_downgrade_to_base_leaves_nothing_but_alembics_table(postgres_url: str) -> None:
    url = await create_database(postgres_url, "downgraded")

    await migrations.downgrade(url, "base")

    connection = await asyncpg.connect(url)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    await connection.close()
    assert [row["tablename"] for row in tables] == ["alembic_version"]


async def test_upgrade_of_an_empty_database_applies_every_version(postgres_url: str) -> None:
    url = await create_database(postgres_url, "upgraded", migrated=False)
    before = await migrations.versions(url)

    await migrations.upgrade(url)

    after = await migrations.versions(url)
    assert {version.is_applied for version in before} == {False}
    assert {version.is_applied for version in after} == {True}
    await migrations.check(url)


async def test_bases_of_users_are_not_the_models_business(database: Database, database_url: str) -> None:
    async with database.unit() as unit:
        await unit.connection.execute("CREATE SCHEMA base_1; CREATE TABLE base_1.t_1 (f_1 text)")

    await migrations.check(database_url)


async def test_presence_is_not_written_ahead(pg: "asyncpg.Connection[asyncpg.Record]") -> None:
    kinds = "SELECT relname, relpersistence::text FROM pg_class WHERE relname LIKE 'presence\\_%' AND relkind = 'r'"
    found = {row["relname"]: row["relpersistence"] for row in await pg.fetch(kinds)}
    assert found == {"presence_processes": "u", "presence_connections": "u", "presence_members": "u"}


async def test_database_of_a_newer_program_is_refused_and_lacks_nothing(postgres_url: str) -> None:
    url = await create_database(postgres_url, "newer")
    connection = await asyncpg.connect(url)
    await connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(migrations.DatabaseIsNewer, match=r"^The database has version 9999, and the newest .* is 0\d+:"):
        await migrations.upgrade(url)
    with pytest.raises(migrations.DatabaseIsNewer):
        await migrations.versions(url)
    assert await migrations.pending(connection) == []
    assert await connection.fetchval("SELECT version_num FROM alembic_version") == "9999"
    await connection.close()
