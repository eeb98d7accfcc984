"""What a read of the log costs the database, and how much it brings."""

import asyncpg
import pytest

from adapters.database import Connection
from domain.bases.catalog import TableMeta
from domain.changes.log import EventsShape, compile_events
from domain.changes.selection import WHOLE_EVENT, RecordEventType
from resolvers.metadata import TableKey
from resolvers.services import Services
from tests.support.api import Api
from tests.support.records import Records
from tests.support.tables import make_table

TYPES = [type.value for type in RecordEventType]


async def filled(services: Services, api: Api, values: list[str]) -> TableMeta:
    """A table with a record for each value."""
    records = Records(api, await make_table(api, [{"name": "Name", "type": "LONG_TEXT"}]))
    await records.create_all([{"Name": value} for value in values], selection="id")
    table = services.metadata.table(TableKey(id=records.table.id))
    assert table is not None
    return table


async def read(connection: Connection, table: TableMeta, count: int, size: int) -> list[asyncpg.Record]:
    """The first events of a table, so many and of so many bytes at most."""
    statement = compile_events(EventsShape(WHOLE_EVENT, filter=None, is_bounded=False), table)
    return await connection.fetch(statement.sql, *statement.parameters.bind(["1:1:", TYPES, count, None, 0, size]))


async def test_where_a_read_ends_is_found_once_for_all_its_events(services: Services, api: Api) -> None:
    table = await filled(services, api, [str(i) for i in range(20)])
    async with services.database.transaction() as unit:
        await unit.connection.execute("SET LOCAL track_functions = 'all'")
        events = await read(unit.connection, table, 100, 1 << 20)
        calls = await unit.connection.fetchval(
            "SELECT calls FROM pg_stat_xact_user_functions WHERE funcname = 'log_snapshot'"
        )
    assert (len(events), calls) == (20, 1)


@pytest.mark.parametrize(
    ("value", "size", "count"),
    [
        ("x", 1_000_000, 6),
        ("x", 1, 1),  # at least one, or the reader would never get further
        ("x" * 100_000, 1, 1),  # packed to 1 kB, yet it counts as what it is sent as
        ("x" * 100_000, 150_000, 2),
        ("x" * 100_000, 300_000, 3),
        ("x" * 100_000, 1_000_000, 6),
    ],
)
async def test_a_read_brings_no_more_than_its_bytes_and_one_event(
    services: Services, api: Api, value: str, size: int, count: int
) -> None:
    table = await filled(services, api, [value] * 8)
    async with services.database.unit() as unit:
        events = await read(unit.connection, table, 6, size)
    assert [(event["found"], event["seq"] is not None) for event in events] == [(6, True)] * count
