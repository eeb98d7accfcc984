"""A table that forms ask for."""

import pytest

from tests.support.api import Api
from tests.support.tables import MadeTable, make_table

FIELDS = [
    {"name": "Name", "type": "TEXT", "isRequired": True, "description": "Yours"},
    {"name": "Stage", "type": "SINGLE_SELECT", "options": {"choices": [{"id": "a", "name": "New"}, "Done"]}},
    {"name": "Count", "type": "NUMBER", "defaultValue": 1},
    {"name": "Secret", "type": "TEXT", "defaultValue": "untold"},
    {"name": "Who", "type": "USER"},
    {"name": "Files", "type": "ATTACHMENT"},
    {"name": "No", "type": "AUTONUMBER"},
]


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """The table, in a base of its own."""
    return await make_table(api, FIELDS)
