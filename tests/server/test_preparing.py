"""What `tablegraph run` does with the database before it serves: all over one connection."""

import asyncpg

from server.run import prepare
from tests.support.postgres import create_database, with_database
from tests.support.waiting import eventually

_USER = "INSERT INTO users (id, email, password_hash) VALUES (gen_random_uuid(), 'a@example.com', '')"


async def test_it_is_migrated_and_asked_for_users_over_one_connection(postgres_url: str, process_name: str) -> None:
    name = f"preparing_{process_name}"
    url = await create_database(postgres_url, name, migrated=False)
    elsewhere = await asyncpg.connect(with_database(url, "postgres"))
    try:
        assert await prepare(url) is False
        assert await connections_to(elsewhere, name) == 1

        own = await asyncpg.connect(url)
        await own.execute(_USER)  # it has its migrations
        await own.close()
        assert await prepare(url) is True
        assert await connections_to(elsewhere, name) == 3
    finally:
        await elsewhere.close()


async def connections_to(elsewhere: "asyncpg.Connection[asyncpg.Record]", database: str) -> int:
    """How many there have been, once none is open: only then are they counted."""
    is_open = "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = $1)"

    async def are_closed() -> bool:
        return bool(await elsewhere.fetchval(is_open, database))

    await eventually(are_closed)
    return int(await elsewhere.fetchval("SELECT sessions FROM pg_stat_database WHERE datname = $1", database))
