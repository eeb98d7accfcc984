"""PostgreSQL for tests: one throw-away server a run, a migrated template in it, a copy for each process."""

import asyncio
import shutil
import tempfile
from pathlib import Path

import asyncpg
from sqlalchemy.engine import make_url

from adapters import migrations
from adapters.embedded import start
from adapters.embedded_tuning import Tuning
from models import Model


class TestServer:
    """An embedded server on a temporary folder that need not survive a crash; `url` names the migrated template."""

    __test__ = False

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="tablegraph-test-"))
        self._server = start(self._folder, Tuning(connections=200, durable=False))
        self.url = self._server.url
        asyncio.run(migrations.upgrade(self.url))

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self._server.stop()
        shutil.rmtree(self._folder)


def with_database(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


async def create_database(template_url: str, name: str, *, migrated: bool = True) -> str:
    """Make a database, migrated or empty, and return its URL; one of that name is dropped before."""
    template = make_url(template_url).database if migrated else "template0"
    admin = await asyncpg.connect(with_database(template_url, "postgres"))
    try:
        await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    finally:
        await admin.close()
    return with_database(template_url, name)


_DELETIONS = "\n".join(f'DELETE FROM "{table.name}";' for table in Model.metadata.tables.values())
_JOBS = "\n".join(f"DELETE FROM jobs.{name};" for name in ("pgqueuer", "pgqueuer_log", "pgqueuer_statistics"))
_CLEAN = f"""
CREATE FUNCTION pg_temp.clean() RETURNS void LANGUAGE plpgsql AS $$
DECLARE base name;
BEGIN
    {_DELETIONS}
    {_JOBS}
    FOR base IN SELECT nspname FROM pg_namespace WHERE nspname ~ '^base_[0-9]+$' LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', base);
    END LOOP;
END $$
"""


class Cleaner:
    """Deletes every row and every base of a database; identity sequences go on.

    It has a connection of its own, which knows no foreign keys, so that the order does not matter, and keeps its plans:
    on one of the pool's, each change of that setting threw away the plans of all statements, theirs and the tests'.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def clean(self) -> None:
        """Do so now; a test may have ended the connection, as it may all others."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._url, server_settings={"session_replication_role": "replica"})
            await self._connection.execute(_CLEAN)
        await self._connection.execute("SELECT pg_temp.clean()")

    async def close(self) -> None:
        """Give up the connection."""
        if self._connection is not None:
            await self._connection.close()
