"""Schedules as the API shows them."""

from datetime import datetime, timedelta

import strawberry

from domain.schedules.rules import Rule
from graph.schedules.enums import MissedRuns
from resolvers.timers.managing import Found


@strawberry.type(description="What its maker has the clock set off: a function, or an automation.")
class Schedule:
    """A schedule."""

    id: strawberry.ID = strawberry.field(description="A UUID of its own.")
    name: str = strawberry.field(description="For people.")
    function_name: str | None = strawberry.field(description="The function that is called, with its maker's rights.")
    automation_id: strawberry.ID | None = strawberry.field(description="The automation that runs.")
    once: str | None = strawberry.field(
        description="When it is due, of one that is due once: ISO 8601, local to the time zone unless it has an offset."
    )
    every_seconds: int | None = strawberry.field(description="How often it is due, of an interval.")
    start: datetime | None = strawberry.field(description="From when on the interval is counted.")
    cron: str | None = strawberry.field(description="When it is due, as a cron expression of five fields.")
    time_zone: str = strawberry.field(description="IANA name of the time zone that it is local to.")
    description: str = strawberry.field(description="When it is due, in words.")
    missed_runs: MissedRuns = strawberry.field(description="What is done about moments that nobody saw.")
    is_enabled: bool = strawberry.field(description="Whether the clock is watched for it.")
    next_run_at: datetime | None = strawberry.field(description="When it is due next; null when it is over, or off.")
    last_run_at: datetime | None = strawberry.field(description="When it was due the last time.")
    error: str | None = strawberry.field(description="Why it could not be set off the last time; it is tried again.")
    created_at: datetime = strawberry.field(description="When it was made.")

    @classmethod
    def of(cls, found: Found) -> "Schedule":
        """The GraphQL object of one, with its times."""
        timer = found.timer
        rule = Rule.from_json(timer.rule)
        return cls(
            id=strawberry.ID(str(timer.id)),
            name=timer.name,
            function_name=timer.function,
            automation_id=None if timer.automation_id is None else strawberry.ID(str(timer.automation_id)),
            once=None if rule.once is None else rule.once.isoformat(),
            every_seconds=None if rule.every is None else round(rule.every.total_seconds()),
            start=rule.start,
            cron=rule.cron,
            time_zone=rule.zone,
            description=rule.schedule(timedelta(0)).describe(),
            missed_runs=MissedRuns(timer.missed_runs),
            is_enabled=timer.is_enabled,
            next_run_at=found.next_run_at,
            last_run_at=found.last_run_at,
            error=found.error,
            created_at=timer.created_at,
        )
