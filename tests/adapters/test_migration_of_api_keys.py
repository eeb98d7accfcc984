"""What becomes of the API keys that were made before there were four scopes."""

import asyncpg

from adapters import migrations
from tests.support.postgres import create_database

_ADD = """
WITH owner AS (
    INSERT INTO users (id, email) VALUES (gen_random_uuid(), 'ada@example.com') RETURNING id
)
INSERT INTO api_keys (id, user_id, name, prefix, secret_hash, scopes)
SELECT gen_random_uuid(), owner.id, array_to_string(scopes, ' '), 'tg_', sha256(scopes::text::bytea), scopes
FROM owner, (VALUES ('{read}'::text[]), ('{write}'), ('{read,write}')) given(scopes)
"""
_SCOPES = "SELECT name, scopes, workspace_ids, base_ids, rate_limit_per_minute FROM api_keys ORDER BY name"


async def test_a_key_that_could_write_keeps_what_that_opened(postgres_url: str) -> None:
    url = await create_database(postgres_url, "api_keys")
    await migrations.downgrade(url, "0011-1")
    connection = await asyncpg.connect(url)
    await connection.execute(_ADD)

    await migrations.upgrade(url)

    assert await connection.fetch(_SCOPES) == [
        ("read", ["read"], None, None, None),
        ("read write", ["admin", "read", "schema", "write"], None, None, None),
        ("write", ["admin", "schema", "write"], None, None, None),
    ]
    assert await connection.fetchval("SELECT count(DISTINCT secret_id) FROM api_keys") == 3

    await migrations.downgrade(url, "0011-1")

    assert [row["scopes"] for row in await connection.fetch("SELECT scopes FROM api_keys ORDER BY name")] == [
        ["read"],
        ["read", "write"],
        ["write"],
    ]
    await connection.close()
