"""A worker: takes jobs from the queue of one database and has them done, a number of them at a time."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pgqueuer.core.executors import EntrypointExecutorParameters
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import FailingListenerError
from pgqueuer.domain.models import Job as PickedJob

from adapters.database import AWAY, Connection, Database
from adapters.jobs.execution import Ending, Execution
from adapters.jobs.job import JobKind
from adapters.jobs.store import CHANNEL, queries
from adapters.jobs.takeovers import TakeOvers
from adapters.jobs.watching import JobWatching
from adapters.tasks import beside, end_task

logger = logging.getLogger(__name__)

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 5.0
"""Seconds between attempts to come back to a database that is away."""
SECONDS_TO_PUT_BACK: Final = 5.0
"""How long the queue may take to take back what was cut off; others would take it over in the end."""
STATEMENT_SECONDS = 30.0
"""How long a statement of the queue's may take; by then its connection is silent, and no job would be taken again."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How much a worker does.

    It has `at_once` jobs under way at most, looks for work every `poll` where nobody wakes it, and takes over jobs of
    which nobody has told for `takeover` that they are still being done. Jobs get `grace` to end when it ends, or has
    lost the queue: of what they do then, nobody can be told. A job is begun `takeovers` times again that was under way
    when its worker ended; then it has failed.
    """

    at_once: int = 20
    poll: timedelta = timedelta(seconds=5)
    takeover: timedelta = timedelta(seconds=30)
    grace: timedelta = timedelta(seconds=8)
    takeovers: int = 3


class Worker:
    """Does the jobs of these kinds. It survives restarts of the database, and leaves what it cannot end to others."""

    def __init__(
        self,
        database: Database,
        kinds: Iterable[JobKind],
        pace: Pace | None = None,
        watching: JobWatching | None = None,
        ending: asyncio.Event | None = None,
    ) -> None:
        """It takes no more jobs once `ending` is set, though its block may last longer."""
        self._database = database
        self._kinds = tuple(kinds)
        self._pace = pace or Pace()
        self._watching = watching or JobWatching()
        self._takeovers = TakeOvers(database, self._pace.takeovers)
        self._ending = ending or asyncio.Event()
        self._manager: QueueManager | None = None
        self._is_over = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Take jobs for as long as the block lasts; then those under way get a while to end."""
        task = asyncio.create_task(self._stay_at_work())
        try:
            async with beside(self._leave_off_early()):
                yield
        finally:
            self._leave_off()
            await asyncio.wait([task], timeout=self._pace.grace.total_seconds() + SECONDS_TO_PUT_BACK)
            await end_task(task)

    async def _leave_off_early(self) -> None:
        await self._ending.wait()
        self._leave_off()

    def _leave_off(self) -> None:
        self._is_over = True
        if self._manager is not None:
            self._manager.shutdown.set()

    async def _stay_at_work(self) -> None:
        pause = FIRST_PAUSE
        while not self._is_over:
            try:
                await self._work()
            except (*AWAY, FailingListenerError) as error:
                if self._is_over:
                    return
                logger.warning("the worker lost its queue: %s", error)
            except Exception:  # whatever it is: a worker that ended would leave all jobs where they are
                logger.exception("the worker failed, it begins again")
            else:
                pause = FIRST_PAUSE
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _work(self) -> None:
        """Do jobs over one connection, until it is lost or the worker ends."""
        settings = {"application_name": "tablegraph worker", "TimeZone": "UTC", "jit": "off"}
        async with self._database.own_connection(seconds=STATEMENT_SECONDS, **settings) as connection:
            if not self._is_over:
                await self._take_jobs(connection)

    async def _take_jobs(self, connection: Connection) -> None:
        manager = self._manager = QueueManager(queries(connection), channel=CHANNEL)
        try:
            ending = Ending()
            for kind in self._kinds:
                manager.register_executor(kind.name, self._execution(kind, ending))
            connection.add_termination_listener(lambda _: manager.shutdown.set())
            pace = self._pace
            async with beside(self._cut_off(manager, ending)):
                await manager.run(
                    dequeue_timeout=pace.poll,
                    batch_size=max(pace.at_once // 2, 1),
                    max_concurrent_tasks=max(pace.at_once, 2),
                    heartbeat_timeout=pace.takeover,
                    shutdown_on_listener_failure=True,
                )
        finally:
            self._manager = None

    async def _cut_off(self, manager: QueueManager, ending: Ending) -> None:
        """End what is still under way some time behind the end: `Execution` puts it back, where the queue is there."""
        await manager.shutdown.wait()
        await asyncio.sleep(self._pace.grace.total_seconds())
        ending.is_begun = True
        for context in list(manager.job_context.values()):
            context.cancellation.cancel()

    def _execution(self, kind: JobKind, ending: Ending) -> Execution:
        parameters = EntrypointExecutorParameters(kind.at_once, _unused, accepts_context=True, on_failure="hold")
        return Execution(parameters, kind, self._takeovers, ending, self._watching)


async def _unused(_: PickedJob) -> None:
    """PgQueuer wants a function; `Execution` calls the handler itself."""
    raise AssertionError
