"""The job of a run: a worker claims it and does what is left of it."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import structlog

from adapters.database import is_away
from adapters.jobs import Job, JobKind, Patience, enqueue
from domain.automations.faults import Waiting
from domain.automations.runs import RunStatus
from domain.errors import DomainError
from resolvers.automations.running.claim import Run, claim
from resolvers.automations.running.journal import Journal, Superseded
from resolvers.automations.running.play import Play
from resolvers.automations.running.real import RealWorld
from resolvers.automations.running.step import StepEnded
from resolvers.automations.starting import RUN_JOB
from resolvers.services import Services

logger = structlog.get_logger(__name__)

_LONGEST_PAUSE: Final = timedelta(minutes=5)
_MARGIN: Final = timedelta(minutes=1)
"""What is left of a job's time behind the end of a run's: for writing down that it has ended."""


def run_kind(services: Services) -> JobKind:
    """The jobs of runs; their payload is `{"run": id}`, with how often it was `postponed` where it was."""
    limits = services.limits
    return JobKind(
        RUN_JOB,
        partial(do_run, services),
        timeout=limits.automation_run_timeout + _MARGIN,
        patience=Patience(limits.automation_attempts, limits.automation_retry_delay, _LONGEST_PAUSE),
    )


class GoesOn(Exception):
    """A step failed for a reason that may pass; the queue has the job done again."""


async def do_run(services: Services, job: Job) -> None:
    """Do what is left of a run; raises `GoesOn` for once more."""
    run = await claim(services, UUID(job.payload["run"]))
    if run is None:
        return
    journal = Journal(services, run)
    try:
        try:
            await _play(services, run, journal, job)
        except (Superseded, GoesOn):
            raise
        except Exception as error:
            if is_away(error) or not job.is_last:
                raise
            logger.exception("a run failed with a fault of the server", run=str(run.id))
            await _fail(services, journal, f"The server failed ({type(error).__name__}).", "INTERNAL_ERROR")
    except Superseded:
        logger.info("a run was taken over, cancelled or deleted", run=str(run.id))


async def _play(services: Services, run: Run, journal: Journal, job: Job) -> None:
    if run.viewer is None:
        message = "Its owner has no account here any more, one that is deactivated, or one that may not see the table."
        await _fail(services, journal, message, "UNAUTHENTICATED")
        return
    play = Play(run, RealWorld(services, run, run.viewer), services.limits)
    timeout = services.limits.automation_run_timeout
    try:
        async with asyncio.timeout(timeout.total_seconds()):
            await play.go()
    except Waiting as waiting:
        await _postpone(services, run, job, waiting.until)
    except StepEnded as ended:
        await _ended(services, journal, ended, is_last=job.is_last)
    except DomainError as error:
        if is_away(error):
            raise
        await _fail(services, journal, error.message, error.code)
    except TimeoutError:
        message = f"It worked for more than {timeout.total_seconds():g} seconds at a stretch."
        await _fail(services, journal, message, "UNAVAILABLE")


async def _fail(services: Services, journal: Journal, message: str, code: str) -> None:
    async with services.database.unit() as unit:
        await journal.note(unit, [], RunStatus.FAILED, message, code)


async def _ended(services: Services, journal: Journal, ended: StepEnded, *, is_last: bool) -> None:
    goes_on = ended.is_passing and not is_last
    if goes_on:
        for entry in ended.entries:
            entry.status, entry.finished_at = RunStatus.RUNNING, None
    status = RunStatus.RUNNING if goes_on else RunStatus.FAILED
    async with services.database.unit() as unit:
        await journal.note(unit, ended.entries, status, str(ended), ended.error.code)
    if goes_on:
        raise GoesOn(str(ended)) from ended


async def _postpone(services: Services, run: Run, job: Job, until: datetime) -> None:
    """Have it go on later, by a job of its own; one that is taken over asks for the same one again.

    One that comes early, since clocks differ, asks for another one: its own key is taken while it is under way.
    """
    delay = max(until - datetime.now(UTC), timedelta(0))
    count = job.payload.get("postponed", 0) + 1
    again = Job(RUN_JOB, {"run": str(run.id), "postponed": count}, delay, key=f"{RUN_JOB} {run.id} {count}")
    async with services.database.transaction() as unit:
        await enqueue(unit.connection, [again])
