"""Cursors and the log's retention: whoever comes too late is told, and nobody else notices."""

from datetime import timedelta

import pytest

from adapters.database import Connection, Database
from adapters.log_upkeep import LogUpkeep
from domain.changes.cursor import read_cursor
from resolvers.services import Services
from tests.graph.subscriptions.conftest import EVENTS
from tests.graph.subscriptions.test_schema_events import EVENTS as SCHEMA_EVENTS
from tests.support.api import Api
from tests.support.catalog import add_field
from tests.support.change_log import DAY, age, attach, horizon, now, tables, until_reached
from tests.support.records import Records
from tests.support.sockets import Socket
from tests.support.tables import MadeTable

TOO_OLD = "The log of changes does not reach back to this cursor any more: read again and go on from there."


async def drop_what_there_is(database: Database, pg: Connection, table: MadeTable) -> None:
    """Let the changes of the base grow old, and be dropped."""
    start = await now(pg) - 41 * DAY
    old = await attach(pg, start, start + 2 * DAY)
    await age(pg, table.base_id, 40 * DAY)
    await LogUpkeep(database, timedelta(days=30)).drop_expired()
    assert old not in await tables(pg)
    await until_reached(pg)


async def cursor_now(records: Records) -> str:
    cursor: str = (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]
    return cursor


def sees_all(cursor: str) -> bool:
    """Whether no other transaction ran beside what the cursor stands behind, in any database of the server.

    One that lists some as running is given up sooner: nobody knows whether what they wrote was dropped.
    """
    return read_cursor(cursor).since.endswith(":")


@pytest.mark.parametrize("query", [EVENTS, SCHEMA_EVENTS], ids=["recordEvents", "schemaEvents"])
async def test_a_cursor_before_what_was_dropped_has_to_resync(
    query: str, owner: Socket, api: Api, records: Records, table: MadeTable, database: Database, pg: Connection
) -> None:
    before = await cursor_now(records)
    await records.create({"Name": "gone"})
    await add_field(api, table, name="Gone", type="TEXT")
    await drop_what_there_is(database, pg, table)

    id = await owner.subscribe(query, {"table": table.id, "base": table.base_id, "after": before})

    error = await owner.refusal(id)
    assert (error["extensions"]["code"], error["message"]) == ("RESYNC_REQUIRED", TOO_OLD)


async def test_whoever_reads_again_goes_on_from_there(
    owner: Socket, records: Records, table: MadeTable, database: Database, pg: Connection
) -> None:
    await records.create({"Name": "gone"})
    await drop_what_there_is(database, pg, table)

    after = await cursor_now(records)
    made = (await records.create({"Name": "new"})).ok["createRecord"]["record"]["id"]
    id = await owner.subscribe(EVENTS, {"table": table.id, "after": after})

    assert (await owner.event(id))["recordId"] == made


async def test_a_cursor_behind_what_was_dropped_misses_nothing(
    owner: Socket, records: Records, table: MadeTable, database: Database, pg: Connection
) -> None:
    cursor = ""
    while not (cursor and sees_all(cursor)):
        cursor = (await records.create({"Name": "gone"})).ok["createRecord"]["eventCursor"]
    await drop_what_there_is(database, pg, table)
    made = (await records.create({"Name": "new"})).ok["createRecord"]["record"]["id"]

    id = await owner.subscribe(EVENTS, {"table": table.id, "after": cursor})

    assert (await owner.event(id))["recordId"] == made


async def test_streams_that_are_open_go_on_while_the_log_is_cut(
    services: Services, owner: Socket, records: Records, table: MadeTable, database: Database, pg: Connection
) -> None:
    id = await owner.subscribe(EVENTS, {"table": table.id, "after": await cursor_now(records)})
    cursor = ""
    while not (cursor and sees_all(cursor)):
        first = (await records.create({"Name": "gone"})).ok["createRecord"]["record"]["id"]
        event = await owner.event(id)
        assert event["recordId"] == first
        cursor = event["cursor"]
    await drop_what_there_is(database, pg, table)
    assert await horizon(pg) is not None

    second = (await records.create({"Name": "new"})).ok["createRecord"]["record"]["id"]

    assert (await owner.event(id))["recordId"] == second
    assert services.figures.resyncs == 0
