"""A migrated database of the test's own, whose log the test may cut and drop, and processes that keep it."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import TypeAlias

import asyncpg
import pytest

from adapters.database import Connection, Database
from adapters.log_upkeep import LogUpkeep
from tests.support.change_log import DAY
from tests.support.postgres import create_database

MONTH = timedelta(days=30)
OLD = 40 * DAY
"""How many seconds ago what is older than a month happened."""

Process: TypeAlias = Callable[..., LogUpkeep]


@pytest.fixture
async def log_url(postgres_url: str, process_name: str) -> str:
    """URL of the database."""
    return await create_database(postgres_url, f"upkeep_{process_name}")


@pytest.fixture
async def pg(log_url: str) -> AsyncIterator[Connection]:
    """A connection to it."""
    connection = await asyncpg.connect(log_url)
    yield connection
    await connection.close()


@pytest.fixture
async def other(log_url: str) -> AsyncIterator[Connection]:
    """Another connection, for transactions that stay open; it fails where it would be held up."""
    connection = await asyncpg.connect(log_url, server_settings={"lock_timeout": "2s", "statement_timeout": "5s"})
    yield connection
    connection.terminate()


@pytest.fixture
async def process(log_url: str) -> AsyncIterator[Process]:
    """`process(retention)` is the upkeep of another server process, with a pool of one connection."""
    databases = []

    def start(retention: timedelta = MONTH) -> LogUpkeep:
        databases.append(Database(log_url, pool_size=1))
        return LogUpkeep(databases[-1], retention)

    yield start
    for database in databases:
        await database.close()
