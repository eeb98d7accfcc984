"""Work in the background, in a process that serves as well as in one that does nothing else; and its settings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from pydantic import Field, PositiveInt

from adapters.jobs import JobWatching, Pace, Worker
from adapters.jobs.upkeep import JobUpkeep
from resolvers.automations.upkeep import RunUpkeep
from resolvers.followers.watch import Followers
from resolvers.jobs.registry import clocks, job_kinds, readers
from resolvers.schedules.ticker import Ticker
from resolvers.services import Services
from server.settings_section import Section


class Working(Section):
    """Work in the background: automations, webhooks, functions and schedules, see docs/background-work.md."""

    runs_jobs: bool = Field(
        True,
        description="Whether processes that serve work in the background, too; without it run a `tablegraph worker`.",
    )
    worker_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="Port of `host` at which a `tablegraph worker` answers `/metrics`, `/health` and `/ready`; none "
        "where it is left out.",
    )
    jobs_at_once: PositiveInt = Field(20, ge=2, description="Jobs that a process has under way at a time.")
    job_poll_interval: timedelta = Field(
        timedelta(seconds=5),
        gt=timedelta(0),
        description="How often a process looks for jobs when nothing woke it (ISO 8601).",
    )
    job_takeover: timedelta = Field(
        timedelta(seconds=30),
        ge=timedelta(seconds=1),
        description="How long nothing may be heard of a job that is under way until another process takes it over "
        "(ISO 8601); what a killed process leaves waits as long.",
    )
    max_job_takeovers: PositiveInt = Field(
        3,
        description="How often a job is begun again whose process was killed while it was under way; then it has "
        "failed for good, for it may be what kills them.",
    )
    job_grace: timedelta = Field(
        timedelta(seconds=8),
        ge=timedelta(0),
        description="How long jobs under way may take to end when the process stops (ISO 8601); others do them again.",
    )

    job_retention: timedelta = Field(
        timedelta(days=7),
        gt=timedelta(0),
        description="How long it is kept what became of jobs (ISO 8601); those that failed for good stay until they "
        "are done again or dropped.",
    )

    max_schedules_per_user: PositiveInt = Field(100, description="Schedules that a user has made.")
    least_interval: timedelta = Field(
        timedelta(minutes=1),
        ge=timedelta(seconds=1),
        description="How often a schedule may be due, at most (ISO 8601).",
    )

    @property
    def pace(self) -> Pace:
        """How much a worker does."""
        return Pace(
            self.jobs_at_once, self.job_poll_interval, self.job_takeover, self.job_grace, self.max_job_takeovers
        )


class Work:
    """The followers of the change log, the clock and the jobs, as far as this process does them."""

    def __init__(
        self,
        services: Services,
        pace: Pace,
        watching: JobWatching | None = None,
        retention: timedelta = timedelta(days=7),
        ending: asyncio.Event | None = None,
    ) -> None:
        self._parts = (
            JobUpkeep(services.database, retention),
            RunUpkeep(services),
            Worker(services.database, job_kinds(services), pace, watching, ending),
            Followers(services, readers(services)),
            Ticker(services, clocks(services)),
        )

    @classmethod
    def of(cls, settings: Working, services: Services, watching: JobWatching, ending: asyncio.Event) -> "Work":
        """As the settings have it."""
        return cls(services, settings.pace, watching, settings.job_retention, ending)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work for as long as the block lasts."""
        async with AsyncExitStack() as stack:
            for part in self._parts:
                await stack.enter_async_context(part.running())
            yield
