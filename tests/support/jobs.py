"""Jobs in the queue, for tests of what becomes of them."""

from adapters.database import Database

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
