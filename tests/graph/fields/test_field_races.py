"""Fields that change while records are written: no writer with old metadata gets between."""

import asyncio
from typing import Any

import asyncpg

from tests.support.api import Api, Result
from tests.support.catalog import mutate, update_field, values
from tests.support.tables import MadeTable, make_table

ROUNDS = 12


async def write(api: Api, table: MadeTable, value: Any) -> list[Result]:
    """Create records with this value in `F`, one after the other."""
    given = {"tableId": table.id, "fields": {"F": value}}
    return [await mutate(api, "createRecord", "record { id }", given, as_=table.owner) for _ in range(ROUNDS)]


def written(results: list[list[Result]]) -> int:
    """How many of the writes were taken; every other one must have been refused as a bad value."""
    codes = [result.codes for writer in results for result in writer]
    assert {tuple(each) for each in codes} <= {(), ("VALIDATION_ERROR",), ("REQUIRED_FIELD",)}
    return codes.count([])


async def test_no_value_is_lost_in_a_conversion(api: Api) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}, {"name": "F", "type": "TEXT"}])
    writers = asyncio.gather(*(write(api, table, "5") for _ in range(3)))
    await asyncio.sleep(0)

    payload = await update_field(api, table, "F", type="NUMBER")
    taken = written(await writers)

    assert payload["cleared"] == 0
    assert await values(api, table, "F") == [5] * taken


async def test_no_removed_choice_is_written(api: Api, pg: "asyncpg.Connection[asyncpg.Record]") -> None:
    field = {
        "name": "F",
        "type": "SINGLE_SELECT",
        "options": {"choices": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}]},
    }
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}, field])
    writers = asyncio.gather(*(write(api, table, name) for name in ("A", "B", "B")))
    await asyncio.sleep(0)

    await update_field(api, table, "F", options={"choices": [{"id": "a", "name": "A"}]})
    taken = written(await writers)

    found = await stored(pg)
    assert len(found) == taken
    assert set(found) <= {"a", None}


async def test_no_empty_value_is_written_into_a_required_field(
    api: Api, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}, {"name": "F", "type": "TEXT"}])
    writers = asyncio.gather(*(write(api, table, value) for value in (None, "x", None)))
    await asyncio.sleep(0)

    payload = await update_field(api, table, "F", isRequired=True, defaultValue="d")
    taken = written(await writers)

    found = await stored(pg)
    assert len(found) == taken
    assert found.count("d") == payload["filled"]
    assert None not in found


async def stored(pg: "asyncpg.Connection[asyncpg.Record]") -> list[Any]:
    """What the column of `F` holds."""
    table, column = await pg.fetchrow(
        "SELECT format('%I.%I', 'base_' || b.number, 't_' || t.number), 'f_' || f.number"
        " FROM fields f JOIN tables t ON t.id = f.table_id JOIN bases b ON b.id = t.base_id WHERE f.name = 'F'"
    )
    return [row[0] for row in await pg.fetch(f"SELECT {column} FROM {table}")]
