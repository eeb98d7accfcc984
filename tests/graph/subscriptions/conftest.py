"""A table and a served application, whose sockets the tests open."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from resolvers.services import Services
from server.settings import Settings
from tests.support.api import Api
from tests.support.records import Records
from tests.support.sockets import Socket, opened, served
from tests.support.tables import MadeTable, make_table
from tests.support.waiting import eventually

FIELDS = [
    {"name": "Name", "type": "TEXT"},
    {"name": "Price", "type": "NUMBER"},
    {"name": "Ready", "type": "CHECKBOX"},
    {"name": "At", "type": "DATETIME"},
    {"name": "Status", "type": "SINGLE_SELECT", "options": {"choices": [{"name": "Open"}, {"name": "Done"}]}},
]
EVENTS = """
    subscription ($table: ID!, $types: [RecordEventType!], $after: String) {
      recordEvents(tableId: $table, types: $types, after: $after) { cursor type recordId changedFields }
    }
"""


async def until_followed(services: Services) -> None:
    """Return once a topic is followed and its feed has looked; the look around passes it over before."""
    await eventually(lambda: [feed.position is not None for feed in services.streams._feeds.values()] == [True])


@pytest.fixture
def services(services: Services) -> Services:
    """Services whose subscriptions have to be woken: none looks for events by itself while a test runs."""
    services.limits = replace(services.limits, event_poll_interval=timedelta(hours=1))
    return services


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """The empty table."""
    return await make_table(api, FIELDS)


@pytest.fixture
def records(api: Api, table: MadeTable) -> Records:
    """The records of the table, through the API."""
    return Records(api, table)


@pytest.fixture
async def address(settings: Settings, services: Services) -> AsyncIterator[str]:
    """Where the application is served."""
    async with served(settings, services) as address:
        yield address


@pytest.fixture
async def owner(address: str, table: MadeTable) -> AsyncIterator[Socket]:
    """A socket of the table's owner, initialised."""
    async with opened(address) as socket:
        yield await socket.initialise(table.owner)


@pytest.fixture
async def ids(records: Records) -> list[str]:
    """Six records."""
    given = [{"Name": name, "Price": i} for i, name in enumerate("fbdace")]
    return [record["id"] for record in (await records.create_all(given)).ok["createRecords"]["records"]]
