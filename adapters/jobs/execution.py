"""How a job is done by a worker: within its time, again after a failure, and not lost when the worker ends."""

import asyncio
import random
from dataclasses import dataclass, field
from datetime import timedelta
from time import perf_counter

import orjson
import structlog
from pgqueuer.core.executors import AbstractEntrypointExecutor, EntrypointExecutorParameters
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Context
from pgqueuer.domain.models import Job as PickedJob

from adapters.database import is_away
from adapters.jobs.job import GiveUp, Job, JobKind, Patience
from adapters.jobs.takeovers import TakeOvers
from adapters.jobs.watching import Attempt, AttemptOutcome, JobWatching
from adapters.statement_times import StatementTimes, listening

logger = structlog.get_logger(__name__)


@dataclass
class Ending:
    """Whether the worker is ending: then what is cut off goes back into the queue, and does not count as cancelled."""

    is_begun: bool = False


@dataclass
class Execution(AbstractEntrypointExecutor):
    """Does the jobs of one kind."""

    parameters: EntrypointExecutorParameters
    kind: JobKind
    takeovers: TakeOvers
    ending: Ending = field(default_factory=Ending)
    watching: JobWatching = field(default_factory=JobWatching)

    async def execute(self, job: PickedJob, context: Context) -> None:
        """PgQueuer's way to have it done: raises `RetryRequested` for once more, anything else for never again."""
        times = StatementTimes() if self.watching.times_statements else None
        token = listening.set(times)
        began, outcome = perf_counter(), AttemptOutcome.FAILED
        try:
            await self._attempt(job, context)
            outcome = AttemptOutcome.CANCELLED if context.cancellation.cancelled_caught else AttemptOutcome.DONE
        except RetryRequested:
            outcome = AttemptOutcome.RETRIED
            raise
        finally:
            listening.reset(token)
            attempt = Attempt(job.entrypoint, job.id, job.attempts + 1, began, perf_counter(), outcome, times)
            for watch in self.watching.watchers:
                watch(attempt)

    async def _attempt(self, job: PickedJob, context: Context) -> None:
        work = self._work(job)
        reason: str | None = None
        try:
            with context.cancellation:
                async with self.takeovers.counted(job), asyncio.timeout(self.kind.timeout.total_seconds()):
                    await self.kind.handle(work)
        except GiveUp:
            raise
        except TimeoutError as error:
            reason = str(error) or f"it took longer than {self.kind.timeout.total_seconds():g} seconds"
            if work.is_last:
                raise TimeoutError(reason) from error
        except Exception as error:  # whatever a job raises, it is tried again, or told as its last failure
            if work.is_last and not is_away(error):
                raise
            reason = str(error) or type(error).__name__
            logger.warning("a job failed, it is tried again", kind=job.entrypoint, job=job.id, reason=reason)
        if context.cancellation.cancelled_caught and self.ending.is_begun:
            raise RetryRequested(timedelta(0), "the worker ended")
        if reason is not None:
            raise RetryRequested(pause_after(self.kind.patience_now(), job.attempts), reason)

    def _work(self, job: PickedJob) -> Job:
        return Job(
            job.entrypoint,
            orjson.loads(job.payload or b"{}"),
            priority=job.priority,
            attempt=job.attempts + 1,
            is_last=job.attempts + 1 >= self.kind.patience_now().attempts,
        )


def pause_after(patience: Patience, failures: int) -> timedelta:
    """How long a job rests that has failed once more than `failures` times."""
    seconds = min(patience.pause.total_seconds() * 2.0 ** min(failures, 32), patience.longest.total_seconds())
    return timedelta(seconds=seconds * random.uniform(0.5, 1))  # noqa: S311  # no secret
