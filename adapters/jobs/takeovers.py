"""Jobs that were taken over: what ends its worker each time is found out, and what was under way beside it is not.

A worker that is killed says nothing, so each job that it had under way may have been what killed it. Such a job is
counted as it begins again, and counted back when it is done. Behind the second time it is done with no other such one
beside it: so one that harms nobody gets to its end, and the other one counts up until it is given up.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Final

from pgqueuer.domain.models import Job as PickedJob

from adapters.database import Database
from adapters.jobs.job import GiveUp
from adapters.jobs.store import TABLE

_COUNT: Final = f"""
UPDATE {TABLE} SET headers = headers || jsonb_build_object('begun', coalesce((headers->>'begun')::int, 0) + $2)
 WHERE id = $1 RETURNING (headers->>'begun')::int
"""  # noqa: S608  # of a constant


class TakeOvers:
    """Those of one worker; a job is begun again `most` times. See also migration 0024."""

    def __init__(self, database: Database, most: int) -> None:
        self._database = database
        self._most = most
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def counted(self, job: PickedJob) -> AsyncIterator[None]:
        """For a block that does the job; raises `GiveUp` for one that has ended its workers too often."""
        headers = job.headers or {}
        if not headers.get("taken_over"):
            yield
            return
        async with self._turn if "begun" in headers else nullcontext():
            begun = await self._count(job, 1)
            if begun is not None and begun > self._most:
                raise GiveUp(f"Its worker ended without a word while it was under way, {begun:,} times in a row.")
            yield
            await self._count(job, -1)  # the queue is told only later that it is done, maybe never

    async def _count(self, job: PickedJob, step: int) -> int | None:
        """How often it has begun without an end; None for a job that is gone."""
        async with self._database.unit() as unit:
            begun: int | None = await unit.connection.fetchval(_COUNT, job.id, step)
        return begun
