"""A server whose database is stopped: it says so, soon, and goes on when the database is back."""

import asyncio
import signal
from collections.abc import AsyncIterator

import httpx
import pytest

from adapters import migrations
from adapters.database import Database
from server.app import create_app
from server.services import make_services
from server.settings import Settings
from tests.soak.cluster import Cluster
from tests.support.api import Api, client_of
from tests.support.waiting import eventually

SECONDS = 5
"""In which twenty requests must be refused: half of what an operation has."""


@pytest.fixture
async def api(cluster: Cluster, settings: Settings) -> AsyncIterator[Api]:
    """A client of an application on that database, with two connections to it."""
    await migrations.upgrade(cluster.url)
    database = Database(cluster.url, pool_size=2)
    services = make_services(settings, database)
    async with client_of(create_app(settings, services)) as http:
        yield Api(http, services)
    await database.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT], ids=["stopped", "crashed"])
async def test_what_is_asked_meanwhile_is_refused_soon(api: Api, cluster: Cluster, number: signal.Signals) -> None:
    person = await api.register()
    await asyncio.to_thread(cluster.halt, number)
    async with asyncio.timeout(SECONDS):
        results = await asyncio.gather(*(api.execute("{ workspaces { id } }", as_=person) for _ in range(20)))

    assert [(result.status, result.codes) for result in results] == [(503, ["UNAVAILABLE"])] * 20

    await asyncio.to_thread(cluster.recover)

    async def is_back() -> bool:
        try:
            return (await api.execute("{ workspaces { id } }", as_=person)).codes == []
        except httpx.HTTPError:
            return False

    await eventually(is_back)
