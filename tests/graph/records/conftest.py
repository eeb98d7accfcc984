"""A table with one field of each common kind, and a few records."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from adapters.database import Database
from tests.authorization.snapshot import Snapshot, snapshot
from tests.domain.fields.oracle import USERS
from tests.graph.records import listing
from tests.support.api import Api, Person
from tests.support.catalog import add_member
from tests.support.records import Records
from tests.support.tables import MadeTable, create_records, make_table

FIELDS = [
    {"name": "Name", "type": "TEXT"},
    {"name": "Price", "type": "NUMBER"},
    {"name": "Ready", "type": "CHECKBOX"},
    {"name": "Day", "type": "DATE"},
    {"name": "At", "type": "DATETIME"},
    {"name": "Status", "type": "SINGLE_SELECT", "options": {"choices": [{"name": "Open"}, {"name": "Done"}]}},
]
EMPTY = {"Name": None, "Price": None, "Ready": False, "Day": None, "At": None, "Status": None}
"""The fields of a record without a value."""

PARTS = [
    {"Name": "Bolt", "Price": 2.5, "Ready": True, "Day": "2026-01-02", "Status": "Open"},
    {"Name": "nut", "Price": 1, "Ready": False, "Day": "2026-01-01", "Status": "Done"},
    {"Name": "Washer", "Price": 0.1, "At": "2026-01-01T10:00:00+02:00"},
    {"Name": None, "Price": None},
    {"Name": 'Quote " and \\ and 🔩', "Price": 7, "Status": "Open"},
]


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """The empty table."""
    return await make_table(api, FIELDS)


@pytest.fixture
def records(api: Api, table: MadeTable) -> Records:
    """The records of the table, through the API."""
    return Records(api, table)


@pytest.fixture
async def parts(api: Api, table: MadeTable) -> list[str]:
    """Ids of the records in it, in the order of `PARTS`."""
    return await create_records(api, table, PARTS)


@pytest.fixture
def state(database: Database) -> Callable[[], Awaitable[Snapshot]]:
    """`await state()` is all that the database holds, to compare with another moment."""
    return lambda: snapshot(database)


@pytest.fixture
async def all_kinds(api: Api) -> Records:
    """The records of a table with a field of each kind, in a workspace whose members are the oracle's users."""
    table = await make_table(api, listing.FIELD_INPUTS)
    async with api.services.database.unit() as unit:
        for id in USERS:
            await unit.connection.execute("INSERT INTO users (id, email) VALUES ($1, $2)", UUID(id), f"{id}@x.example")
            await unit.connection.execute(
                "INSERT INTO workspace_members (id, workspace_id, user_id, role)"
                " VALUES (gen_random_uuid(), $1, $2, 'VIEWER')",
                table.workspace_id,
                UUID(id),
            )
    return Records(api, table)


async def member_of(api: Api, table: MadeTable, role: str) -> Person:
    """A new user who is a member of the table's workspace."""
    person = await api.register()
    await add_member(api, table.owner, table.workspace_id, person, role)
    return person
