"""A table whose fields are to be unique."""

import pytest

from tests.support.api import Api
from tests.support.records import Records
from tests.support.tables import MadeTable, make_table

FIELDS = [
    {"name": "Name", "type": "TEXT"},
    {"name": "Mail", "type": "EMAIL"},
    {"name": "Price", "type": "NUMBER"},
    {"name": "Main", "type": "CHECKBOX"},
    {"name": "Tags", "type": "MULTI_SELECT", "options": {"choices": [{"name": "A"}]}},
]


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """The empty table."""
    return await make_table(api, FIELDS)


@pytest.fixture
def records(api: Api, table: MadeTable) -> Records:
    """The records of the table, through the API."""
    return Records(api, table)
