"""A connection to a real PostgreSQL for the tests of the field types."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from adapters.database import SESSION_SETTINGS


class _Line:
    """One connection for all tests of a process, set up as the pool's are; anew where other tests have ended it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opened: asyncpg.Connection | None = None

    async def open(self) -> asyncpg.Connection:
        """The connection."""
        if self._opened is None or self._opened.is_closed():
            self._opened = await asyncpg.connect(self._url, server_settings=SESSION_SETTINGS)
        return self._opened

    async def close(self) -> None:
        """Give it up."""
        if self._opened is not None:
            await self._opened.close()


@pytest.fixture(scope="session")
async def line(database_url: str) -> AsyncIterator[_Line]:
    """What all tests of a process share."""
    line = _Line(database_url)
    yield line
    await line.close()


@pytest.fixture
async def connection(line: _Line) -> AsyncIterator[asyncpg.Connection]:
    """The connection; temporary tables vanish after the test."""
    opened = await line.open()
    yield opened
    await opened.execute("DISCARD TEMP")
