"""A table, and a short call that has actions done for it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import asyncpg
import pytest

from tests.support.api import Api
from tests.support.automations import Ended, run_actions
from tests.support.records import Records
from tests.support.tables import MadeTable, make_table

Run = Callable[..., Awaitable[Ended]]


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """Parts with names, a count, a day and an address."""
    return await make_table(
        api,
        [
            {"name": "Name", "type": "TEXT"},
            {"name": "Count", "type": "NUMBER"},
            {"name": "Due", "type": "DATE"},
            {"name": "Full name", "type": "TEXT"},
            {"name": "Email", "type": "EMAIL"},
        ],
    )


@pytest.fixture
def records(api: Api, table: MadeTable) -> Records:
    """The table's records."""
    return Records(api, table)


@pytest.fixture
def run(api: Api, pg: asyncpg.Connection, table: MadeTable) -> Run:
    """`await run([action, ...], trigger)`: how a run ends."""

    async def call(actions: Sequence[Mapping[str, Any]], trigger: Mapping[str, Any] | None = None) -> Ended:
        return await run_actions(api, pg, table, actions, trigger)

    return call
