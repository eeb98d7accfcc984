"""A table whose events the tests follow without a transport in between, so that they choose what happens when."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.accounts.viewer import Viewer
from resolvers.context import Client, RequestContext
from resolvers.services import Services
from tests.support.accounts import add_session
from tests.support.api import Api
from tests.support.records import Records
from tests.support.tables import MadeTable, make_table


@pytest.fixture
def services(services: Services) -> Services:
    """Services whose streams look around only when the test says so."""
    services.limits = replace(services.limits, event_poll_interval=timedelta(hours=1))
    return services


@pytest.fixture
async def running(services: Services) -> AsyncIterator[Services]:
    """The same, with the bus."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(services.bus.running())
        await stack.enter_async_context(services.streams.running())
        yield services


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """An empty table."""
    fields = [{"name": "Name", "type": "TEXT"}, {"name": "Price", "type": "NUMBER"}]
    return await make_table(api, fields)


@pytest.fixture
def records(api: Api, table: MadeTable) -> Records:
    """Its records, through the API."""
    return Records(api, table)


@pytest.fixture
async def context(services: Services, table: MadeTable) -> RequestContext:
    """The table's owner, signed in."""
    session = await add_session(services.database, table.owner.id)
    return RequestContext(services, Viewer(table.owner.id, session_id=session), Client("test"))
