"""A connection to a real PostgreSQL for the tests of the field types."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from adapters.database import SESSION_SETTINGS


@pytest.fixture(scope="session")
async def session_connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """One connection for all tests of a process, set up as the pool's are."""
    opened = await asyncpg.connect(database_url, server_settings=SESSION_SETTINGS)
    yield opened
    await opened.close()


@pytest.fixture
async def connection(session_connection: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The connection; temporary tables vanish after the test."""
    yield session_connection
    await session_connection.execute("DISCARD TEMP")
