"""Ids of copied records, against the layout that domain/ids.py defines."""

from uuid import UUID

import asyncpg
import pytest

from domain.bases.copying import renumbered_id
from domain.ids import MAX_NUMBER, new_ids, table_number_of


@pytest.mark.parametrize("number", [1024, 1025, 0xFFFFF, 0x100000, 0xABCDE123, MAX_NUMBER])
async def test_a_renumbered_id_has_the_new_number_and_the_old_rest(
    pg: "asyncpg.Connection[asyncpg.Record]", number: int
) -> None:
    ids = new_ids(4711, 100) + new_ids(MAX_NUMBER, 100)
    expression = renumbered_id("id", number)

    rows = await pg.fetch(
        f"SELECT {expression} AS id FROM unnest($1::uuid[]) WITH ORDINALITY AS i(id, n) ORDER BY n", ids
    )

    copies = [row["id"] for row in rows]
    assert {table_number_of(copy) for copy in copies} == {number}
    assert [(copy.int >> 80, copy.int % (1 << 42)) for copy in copies] == [
        (id.int >> 80, id.int % (1 << 42)) for id in ids
    ]
    assert copies[:100] == sorted(copies[:100])


def _rest(id: UUID) -> tuple[int, int]:
    """Milliseconds and random bits."""
    return id.int >> 80, id.int % (1 << 42)
