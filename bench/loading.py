"""Fills tables: with COPY, past the API, since loading is not what is measured here."""

import asyncio
from collections.abc import Iterator, Sequence
from decimal import Decimal
from uuid import UUID

import asyncpg

from bench.api import MadeTable
from bench.bare import TABLE
from bench.dataset import COLUMNS, Part, parts
from domain.bases.catalog import table_name
from domain.ids import new_ids

_COLUMNS = """
SELECT b.number AS base, t.number AS table, array_agg('f_' || f.number ORDER BY f.position) AS columns
  FROM tables t JOIN bases b ON b.id = t.base_id JOIN fields f ON f.table_id = t.id WHERE t.id = $1 GROUP BY 1, 2
"""
CHUNK = 50_000


def fill(url: str, table: MadeTable, count: int, bare: str | None = None) -> list[UUID]:
    """Load so many parts into a table, and into a new one of the bare endpoint with this name; the ids, in order."""
    return asyncio.run(_fill(url, table, count, bare))


async def _fill(url: str, table: MadeTable, count: int, bare: str | None) -> list[UUID]:
    connection = await asyncpg.connect(url)
    try:
        place = await connection.fetchrow(_COLUMNS, table.id)
        assert place is not None
        schema, name = (each.strip('"') for each in table_name(place["base"], place["table"]).split("."))
        if bare:
            await connection.execute(TABLE.format(name=bare))
        ids: list[UUID] = []
        for chunk in _chunks(count):
            fresh = new_ids(place["table"], len(chunk))
            ours = [
                (id, *_values(part), table.choices[part.status], part.contact)
                for id, part in zip(fresh, chunk, strict=True)
            ]
            await _copy(connection, schema, name, ours, ["id", *place["columns"]])
            if bare:
                theirs = [
                    (id, *_values(part), part.status, part.contact) for id, part in zip(fresh, chunk, strict=True)
                ]
                await _copy(connection, "bare", bare, theirs, ["id", *COLUMNS])
            ids += fresh
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")  # else writing all this out falls on whatever is measured next
        return ids
    finally:
        await connection.close()


async def _copy(
    connection: "asyncpg.Connection[asyncpg.Record]",
    schema: str,
    table: str,
    rows: Sequence[Sequence[object]],
    columns: Sequence[str],
) -> None:
    await connection.copy_records_to_table(table, schema_name=schema, records=rows, columns=columns)


def _chunks(count: int) -> Iterator[Sequence[Part]]:
    chunk: list[Part] = []
    for part in parts(count):
        chunk.append(part)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _values(part: Part) -> tuple[object, ...]:
    return part.name, Decimal(str(part.price)), part.quantity, part.in_stock, part.introduced, part.counted_at
