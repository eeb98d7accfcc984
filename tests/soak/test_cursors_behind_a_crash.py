"""Cursors that were handed out before the database crashed, and the changes that are made after it."""

import signal
from collections.abc import AsyncIterator

import pytest

from adapters import migrations
from adapters.database import Database
from adapters.passwords import Passwords
from resolvers.services import Services
from server.app import create_app
from server.services import make_services
from server.settings import Settings
from tests.soak.cluster import Cluster
from tests.support.api import Api, client_of
from tests.support.records import Records
from tests.support.sockets import opened, served
from tests.support.tables import make_table
from tests.support.waiting import eventually

pytestmark = pytest.mark.long

EVENTS = """
    subscription ($table: ID!, $after: String) {
      recordEvents(tableId: $table, after: $after) { type record { fields } }
    }
"""
ROLLED_BACK = """
    mutation ($table: ID!) {
      first: createRecord(input: { tableId: $table, fields: { Name: "never" } }) { record { id } }
      second: createRecord(input: { tableId: $table, fields: { Unknown: 1 } }) { record { id } }
    }
"""


@pytest.fixture
async def services(cluster: Cluster, settings: Settings, passwords: Passwords) -> AsyncIterator[Services]:
    await migrations.upgrade(cluster.url)
    database = Database(cluster.url, pool_size=5)
    services = make_services(settings, database)
    services.passwords = passwords
    yield services
    await database.close()


async def test_numbers_of_transactions_that_a_crash_gives_again_hide_no_events(
    cluster: Cluster, settings: Settings, services: Services
) -> None:
    """What was rolled back right before a crash is not in PostgreSQL's log: its transaction ids are used once more."""
    async with served(settings, services) as address, client_of(create_app(settings, services)) as http:
        api = Api(http, services)
        table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
        records = Records(api, table)
        for _ in range(10):
            assert (await records.run(ROLLED_BACK, {"table": table.id})).errors
        cursor = (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]
        cluster.halt(signal.SIGQUIT)
        cluster.recover()
        await eventually(lambda: _is_answered(records))
        names = [f"after the crash {number}" for number in range(20)]
        for name in names:
            await records.create({"Name": name})
        async with opened(address) as socket:
            await socket.initialise(table.owner)
            id = await socket.subscribe(EVENTS, {"table": table.id, "after": cursor})
            events = [await socket.event(id) for _ in names]
    assert [event["record"]["fields"]["Name"] for event in events] == names


async def _is_answered(records: Records) -> bool:
    return not (await records.page()).errors
