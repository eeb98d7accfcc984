"""Stops the build of an index in the middle, and looks at what there is of it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.database import Connection
from resolvers.building import Builder
from tests.support.waiting import SECONDS, eventually

UNHEEDED = ("waiting for writers before build", "LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
"""The index is there, and nobody who writes looks at it yet: it waits for one who writes."""
HEEDED = ("waiting for old snapshots", "SELECT count(*) FROM pg_class")
"""The index is complete and all who write heed it; it waits for one who still sees the past."""

BUILD = """
import asyncio, sys
from adapters.bus import make_bus
from adapters.database import Database
from resolvers.constraints.building import ConstraintBuilder

async def main():
    database = Database(sys.argv[1])
    await ConstraintBuilder(database, make_bus(database)).build_pending()

asyncio.run(main())
"""
"""A program that builds what is pending, in the database of its argument."""

_INDEXES = """
SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname ~ '^f_[0-9]+_unique$'
"""
_TABLE = """
SELECT format('%I.%I', 'base_' || b.number, 't_' || t.number) FROM tables t JOIN bases b ON b.id = t.base_id
"""
_PHASE = "SELECT phase FROM pg_stat_progress_create_index WHERE datname = current_database()"


async def indexes(pg: Connection) -> list[bool]:
    """Of each index of a constraint whether it is valid."""
    return [row[0] for row in await pg.fetch(_INDEXES)]


@asynccontextmanager
async def building(builder: Builder, pg: Connection, phase: tuple[str, str]) -> AsyncIterator["asyncio.Task[None]"]:
    """A build that stays in a phase while the block lasts, since `pg` is in its way; behind the block it has ended."""
    try:
        async with in_the_way(pg, phase):
            task = asyncio.create_task(builder.build_pending())
            await until_at(pg, phase)
            yield task
    finally:
        async with asyncio.timeout(SECONDS):
            await task


@asynccontextmanager
async def building_elsewhere(url: str, pg: Connection) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that builds, and gets no further than `HEEDED` while the block lasts."""
    async with in_the_way(pg, HEEDED):
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", BUILD, url)
        try:
            await until_at(pg, HEEDED)
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


@asynccontextmanager
async def in_the_way(pg: Connection, phase: tuple[str, str]) -> AsyncIterator[None]:
    """No build gets beyond a phase while the block lasts."""
    async with pg.transaction(isolation="repeatable_read"):
        await pg.execute(phase[1].format(table=await pg.fetchval(_TABLE)))
        yield


async def until_at(pg: Connection, phase: tuple[str, str]) -> None:
    """Return once a build is in this phase."""
    await eventually(lambda: _is_at(pg, phase[0]))


async def _is_at(pg: Connection, phase: str) -> bool:
    await pg.execute("SELECT pg_stat_clear_snapshot()")  # what a transaction has once seen of others, it sees again
    return bool(await pg.fetchval(_PHASE) == phase)
