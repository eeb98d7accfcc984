"""A table with a field of each type that views refer to."""

import pytest

from tests.support.api import Api
from tests.support.tables import MadeTable, make_table

FIELDS = [
    {"name": "Name", "type": "TEXT"},
    {"name": "Price", "type": "NUMBER"},
    {"name": "Day", "type": "DATE"},
    {"name": "Until", "type": "DATETIME"},
    {"name": "Stage", "type": "SINGLE_SELECT", "options": {"choices": [{"id": "a", "name": "Open"}, "Done"]}},
    {"name": "Who", "type": "USER"},
    {"name": "All", "type": "USER", "options": {"allow_multiple": True}},
    {"name": "Files", "type": "ATTACHMENT"},
    {"name": "No", "type": "AUTONUMBER"},
]


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """The table, in a base of its own."""
    return await make_table(api, FIELDS)
