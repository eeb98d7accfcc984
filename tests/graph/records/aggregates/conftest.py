"""A table of work: who did what on which day, for how long and how well."""

import pytest

from tests.support.aggregates import Aggregates
from tests.support.api import Api
from tests.support.tables import MadeTable, create_records, make_table

FIELDS = [
    {"name": "Name", "type": "TEXT"},
    {"name": "Price", "type": "NUMBER"},
    {"name": "Spent", "type": "DURATION"},
    {"name": "Stars", "type": "RATING"},
    {"name": "No", "type": "AUTONUMBER", "options": {"prefix": "T-"}},
    {"name": "Ready", "type": "CHECKBOX"},
    {"name": "Day", "type": "DATE"},
    {"name": "At", "type": "DATETIME"},
    {"name": "Stage", "type": "SINGLE_SELECT", "options": {"choices": [{"name": "Open"}, {"name": "Done"}]}},
    {"name": "Tags", "type": "MULTI_SELECT", "options": {"choices": [{"name": "new"}, {"name": "hot"}]}},
    {"name": "Who", "type": "USER"},
    {"name": "Team", "type": "USER", "options": {"allow_multiple": True}},
]
WORK = [
    {"Name": "a", "Price": 0.1, "Spent": 90, "Stars": 4, "Day": "2026-01-31", "Stage": "Done", "Tags": ["new", "hot"]},
    {"Name": "A", "Price": 0.2, "Spent": 0.5, "Ready": True, "Day": "2026-02-01", "Stage": "Open", "Tags": ["hot"]},
    {"Name": "b", "Price": 7, "Stars": 5, "Day": "2026-02-28", "Stage": "Open", "Tags": ["hot", "new"]},
    {"Name": "b", "At": "2026-03-29T00:30:00Z", "Stage": "Open"},
    {"Price": -1, "At": "2026-03-29T01:30:00Z", "Ready": False},
]


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """The table with its five records."""
    made = await make_table(api, FIELDS)
    await create_records(api, made, WORK)
    return made


@pytest.fixture
def work(api: Api, table: MadeTable) -> Aggregates:
    """Aggregates over the table."""
    return Aggregates(api, table)
