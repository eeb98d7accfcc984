"""Putting jobs into the queue, as part of a transaction, and taking them back."""

from collections.abc import Sequence
from datetime import timedelta

import orjson
from pgqueuer.domain.types import JobId

from adapters.database import Connection
from adapters.jobs.job import Job
from adapters.jobs.store import TABLE, queries

_NOW = timedelta(0)
_OF_KEYS = f"SELECT id FROM {TABLE} WHERE dedupe_key = ANY($1) AND status IN ('queued', 'picked')"  # noqa: S608  # of a constant


async def enqueue(connection: Connection, jobs: Sequence[Job]) -> list[int | None]:
    """Put jobs into the queue, with one statement; they are there once the connection's transaction is committed.

    Answers their numbers; None for one that was left out, since another of its key is waiting or under way.
    """
    if not jobs:
        return []
    numbers = await queries(connection).enqueue(
        [job.kind for job in jobs],
        [orjson.dumps(job.payload) for job in jobs],
        [job.priority for job in jobs],
        [job.delay or None for job in jobs],
        [job.key for job in jobs],
        on_conflict="skip",
    )
    return [None if number is None else int(number) for number in numbers]


async def cancel(connection: Connection, numbers: Sequence[int]) -> None:
    """Take jobs out of the queue; those under way are cut off by whoever does them."""
    await queries(connection).mark_job_as_cancelled([JobId(number) for number in numbers])


async def cancel_keys(connection: Connection, keys: Sequence[str]) -> None:
    """The same, for those of these keys that wait or are under way."""
    await cancel(connection, [row["id"] for row in await connection.fetch(_OF_KEYS, list(keys))])
