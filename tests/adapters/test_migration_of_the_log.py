"""The migration that partitions the change log, on a log that has rows: all are kept, there and back."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from adapters import migrations
from adapters.database import Connection
from tests.support.change_log import DAY, partitions, write
from tests.support.postgres import create_database

COLUMNS = "seq, xid::text, base_id, table_id, record_id, operation, actor_id, mutation_id, before, after, at"
OLD_WRITE = """
INSERT INTO changes (base_id, table_id, record_id, operation, actor_id, mutation_id, before, after, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() - make_interval(secs => $9)) RETURNING seq
"""


@pytest.fixture
async def url(postgres_url: str, process_name: str) -> str:
    """URL of a database with the first version's tables."""
    url = await create_database(postgres_url, f"migrated_{process_name}", migrated=False)
    await migrations.upgrade(url, "0001")
    return url


@pytest.fixture
async def pg(url: str) -> AsyncIterator[Connection]:
    """A connection to it."""
    connection = await asyncpg.connect(url)
    yield connection
    await connection.close()


async def old_write(pg: Connection, operation: str, before: str | None, after: str | None, ago: int) -> int:
    ids = [uuid4() for _ in range(5)]
    seq: int = await pg.fetchval(OLD_WRITE, *ids[:3], operation, *ids[3:], before, after, ago)
    return seq


async def rows(pg: Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await pg.fetch(f"SELECT {COLUMNS} FROM changes ORDER BY seq")]


async def fill(pg: Connection) -> None:
    """Changes of three months, and a gap in their numbers."""
    await old_write(pg, "C", None, '{"f_1": "a"}', 90 * DAY)
    await old_write(pg, "U", '{"f_1": "a"}', '{"f_1": null}', 40 * DAY)
    await pg.execute("SELECT nextval('changes_seq_seq')")
    await old_write(pg, "D", '{"f_1": null}', None, 0)


async def test_every_change_is_kept_and_the_numbers_go_on(pg: Connection, url: str) -> None:
    await fill(pg)
    last = await old_write(pg, "C", None, "{}", 0)
    await pg.execute("DELETE FROM changes WHERE seq = $1", last)
    before = await rows(pg)

    await migrations.upgrade(url)

    assert await rows(pg) == before
    assert len(before) == 3
    new = await pg.fetch("SELECT DISTINCT kind, subject_id FROM changes")
    assert [tuple(row) for row in new] == [("record", None)]
    await write(pg)
    assert await pg.fetchval("SELECT max(seq) FROM changes") == last + 1
    await migrations.check(url)


async def test_an_empty_log_is_partitioned_for_some_days(pg: Connection, url: str) -> None:
    await migrations.upgrade(url)

    (only,) = await partitions(pg)
    now = await pg.fetchval("SELECT extract(epoch FROM now())::bigint")
    assert only.start <= now - DAY
    assert only.end >= now + 3 * DAY
    await write(pg)


async def test_a_database_of_any_time_zone_is_cut_at_the_same_moments(pg: Connection, url: str) -> None:
    await fill(pg)
    name = await pg.fetchval("SELECT current_database()")
    await pg.execute(f"ALTER DATABASE {name} SET TimeZone = 'Asia/Kathmandu'")

    await migrations.upgrade(url)

    (only,) = await partitions(pg)
    bounds = "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = $1"
    await pg.execute("SET TimeZone = 'UTC'")
    start, end = (
        await pg.fetchrow("SELECT to_timestamp($1::bigint)::text, to_timestamp($2::bigint)::text", only.start, only.end)
        or ()
    )
    assert await pg.fetchval(bounds, only.name) == f"FOR VALUES FROM ('{start}') TO ('{end}')"


async def test_a_writer_in_the_middle_of_a_transaction_is_waited_for(pg: Connection, url: str) -> None:
    async with pg.transaction():
        seq = await old_write(pg, "C", None, "{}", 0)
        migrating = asyncio.create_task(migrations.upgrade(url))
        await asyncio.sleep(0.5)
        assert not migrating.done()
    await migrating

    assert [row[0] for row in await rows(pg)] == [seq]


async def test_back_in_the_first_version_the_changes_of_records_are_as_they_were(pg: Connection, url: str) -> None:
    await fill(pg)
    before = await rows(pg)
    await migrations.upgrade(url)
    workspace, base = uuid4(), uuid4()
    await pg.execute("INSERT INTO workspaces (id, name) VALUES ($1, 'Works')", workspace)
    await pg.execute("INSERT INTO bases (id, workspace_id, name) VALUES ($1, $2, 'Base')", base, workspace)
    last = await pg.fetchval("SELECT seq FROM changes WHERE kind = 'base' AND subject_id = $1", base)

    await migrations.downgrade(url, "0001")

    assert await rows(pg) == before
    await pg.execute("UPDATE bases SET name = 'Other'")
    assert await old_write(pg, "C", None, "{}", 0) == last + 1
