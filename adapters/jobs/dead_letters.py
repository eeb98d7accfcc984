"""Jobs that have failed for good: they stay in the queue until somebody has them done again, or drops them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from adapters.database import Connection
from adapters.jobs.store import LOG, TABLE, queries

_LIST: Final = f"""
SELECT q.id, q.entrypoint AS kind, q.payload, q.attempts + 1 AS attempts, q.created, q.updated,
       (SELECT l.traceback->>'exception_message' FROM {LOG} l
         WHERE l.job_id = q.id AND l.status = 'failed' ORDER BY l.created DESC LIMIT 1) AS error
  FROM {TABLE} q
 WHERE q.status = 'failed' AND ($1::text IS NULL OR q.entrypoint = $1) AND ($2::bigint IS NULL OR q.id < $2)
 ORDER BY q.id DESC LIMIT $3
"""  # noqa: S608  # of constants
_CHOOSE: Final = f"""
SELECT id FROM {TABLE} WHERE status = 'failed' AND id IN (
    SELECT DISTINCT ON (coalesce(q.dedupe_key, q.id::text)) q.id FROM {TABLE} q
     WHERE q.status = 'failed' AND ($1::bigint[] IS NULL OR q.id = ANY($1)) AND ($2::text IS NULL OR q.entrypoint = $2)
       AND NOT EXISTS (SELECT FROM {TABLE} o WHERE o.dedupe_key = q.dedupe_key AND o.status IN ('queued', 'picked'))
     ORDER BY coalesce(q.dedupe_key, q.id::text), q.id)
 ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED
"""  # noqa: S608  # likewise
"""Of jobs with one key one waits or is under way, see `adapters.jobs.job.Job`."""
_DROP: Final = f"DELETE FROM {TABLE} WHERE id = ANY($1::bigint[]) AND status = 'failed'"  # noqa: S608  # likewise


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A job that has failed for good: what it was about, how often it was tried, and why the last attempt failed."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    attempts: int
    created_at: datetime
    failed_at: datetime
    error: str | None


async def list_dead_letters(
    connection: Connection, kind: str | None, before: int | None, count: int
) -> list[DeadLetter]:
    """The newest ones, of one kind or of all, behind a number of one."""
    rows = await connection.fetch(_LIST, kind, before, count)
    return [
        DeadLetter(
            row["id"],
            row["kind"],
            orjson.loads(row["payload"] or b"{}"),
            row["attempts"],
            row["created"],
            row["updated"],
            row["error"],
        )
        for row in rows
    ]


async def redrive(connection: Connection, numbers: Sequence[int] | None, kind: str | None, most: int) -> list[int]:
    """Have jobs done again that have failed for good, by their numbers or of one kind or all; which ones those are.

    They get as many attempts as new ones. One whose like waits again, or is being done, stays where it is.
    """
    chosen = [row["id"] for row in await connection.fetch(_CHOOSE, numbers, kind, most)]
    if chosen:
        await queries(connection).requeue_jobs(chosen)
    return chosen


async def drop(connection: Connection, numbers: Sequence[int]) -> int:
    """Forget jobs that have failed for good; how many."""
    return int((await connection.execute(_DROP, list(numbers))).rpartition(" ")[2])
