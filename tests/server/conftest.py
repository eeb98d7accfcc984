"""Fixtures for the server's tests."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.database import Database
from resolvers.services import Services
from tests.support.api import Api, Person
from tests.support.program import Tablegraph


@pytest.fixture
def services(services: Services) -> Services:
    """Those of a server that does not tell costs, so that answers are compared as a whole."""
    services.limits = replace(services.limits, report_cost=False)
    return services


@pytest.fixture
def tablegraph(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tablegraph:
    """The command `tablegraph`, run to its end: `tablegraph("check", DATABASE_URL=url).status`.

    It leaves the logs alone: they would go to what pytest captures of this test, for the rest of the process.
    """
    monkeypatch.setattr("server.run.configure_logs", lambda _settings: None)
    return Tablegraph(monkeypatch, capsys)


@pytest.fixture
async def person(api: Api) -> Person:
    """Somebody who is signed in."""
    return await api.register()


@pytest.fixture
async def narrow(services: Services, database_url: str) -> AsyncIterator[Services]:
    """Services with one connection to the database, for which one request may wait."""
    services.database = Database(database_url, pool_size=1, max_waiting=1)
    yield services
    await services.database.close()
