"""PostgreSQL for tests: one throw-away server a run, a migrated template in it, a copy for each process."""

import asyncio
import shutil
import tempfile
from pathlib import Path

import asyncpg
from sqlalchemy.engine import make_url

from adapters import migrations
from adapters.database import Database
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
DO $$
DECLARE base name;
BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);  -- no foreign keys: the order does not matter
    {_DELETIONS}
    {_JOBS}
    FOR base IN SELECT nspname FROM pg_namespace WHERE nspname ~ '^base_[0-9]+$' LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', base);
    END LOOP;
END $$
"""


async def clean(database: Database) -> None:
    """Delete every row and every base; identity sequences go on."""
    async with database.unit() as unit:
        await unit.connection.execute(_CLEAN)
