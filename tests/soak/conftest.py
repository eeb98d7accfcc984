"""Databases and server processes of a test's own, and a client of them."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters import migrations
from adapters.database import Database
from bench.soak.client import Client
from server.app import create_app
from server.services import make_services
from server.settings import Settings
from tests.soak.cluster import Cluster
from tests.support.api import Api, client_of
from tests.support.postgres import create_database


@pytest.fixture
async def url(postgres_url: str, process_name: str) -> str:
    """URL of a migrated database that nobody else uses."""
    return await create_database(postgres_url, f"soak_{process_name}")


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A client of server processes, not signed in."""
    client = Client()
    yield client
    await client.close()


@asynccontextmanager
async def application(cluster: Cluster, settings: Settings, connections: int) -> AsyncIterator[Api]:
    """A client of an application on that database, with so many connections to it."""
    await migrations.upgrade(cluster.url)
    database = Database(cluster.url, pool_size=connections)
    services = make_services(settings, database)
    async with client_of(create_app(settings, services)) as http:
        yield Api(http, services)
    await database.close()


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL that the test may end, without tables."""
    folder = Path(tempfile.mkdtemp(prefix="tablegraph-test-"))  # short, so that its socket, and its URL, stay there
    cluster = Cluster(folder)
    yield cluster
    cluster.stop()
    shutil.rmtree(folder)
