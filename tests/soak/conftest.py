"""Databases and server processes of a test's own, and a client of them."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bench.soak.client import Client
from tests.soak.cluster import Cluster
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


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL that the test may end, without tables."""
    folder = Path(tempfile.mkdtemp(prefix="tablegraph-test-"))  # short, so that its socket, and its URL, stay there
    cluster = Cluster(folder)
    yield cluster
    cluster.stop()
    shutil.rmtree(folder)
