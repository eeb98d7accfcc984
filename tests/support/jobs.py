"""Jobs in the queue, for tests of what becomes of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from adapters.database import Database
from adapters.jobs import Pace, Worker
from resolvers.jobs.registry import job_kinds
from resolvers.services import Services
from tests.support.waiting import eventually

_FAILED = """
WITH job AS (
    INSERT INTO jobs.pgqueuer (priority, status, entrypoint, payload, attempts)
    VALUES (0, 'failed', $1, convert_to($2, 'UTF8'), 4) RETURNING id, entrypoint
), log AS (
    INSERT INTO jobs.pgqueuer_log (job_id, status, priority, entrypoint, traceback)
    SELECT id, 'failed', 0, entrypoint, jsonb_build_object('exception_message', $3::text) FROM job)
SELECT id FROM job
"""


async def add_dead_letter(
    database: Database, kind: str = "test", payload: str = '{"n": 1}', error: str = "out of order"
) -> str:
    """A job that has failed for good; its id."""
    async with database.unit() as unit:
        return str(await unit.connection.fetchval(_FAILED, kind, payload, error))


async def queued(database: Database) -> list[tuple[str, str, int]]:
    """Id, state and failures of each job in the queue, in order."""
    async with database.unit() as unit:
        rows = await unit.connection.fetch("SELECT id, status, attempts FROM jobs.pgqueuer ORDER BY id")
    return [(str(row["id"]), row["status"], row["attempts"]) for row in rows]


@asynccontextmanager
async def working(services: Services) -> AsyncIterator[None]:
    """Jobs of all kinds are done while the block runs."""
    pace = Pace(poll=timedelta(milliseconds=500), grace=timedelta(seconds=1))
    async with Worker(services.database, job_kinds(services), pace).running():
        yield


async def until_idle(database: Database) -> None:
    """Wait until no job waits or is under way."""

    async def is_idle() -> bool:
        return all(status == "failed" for _, status, _ in await queued(database))

    await eventually(is_idle)
