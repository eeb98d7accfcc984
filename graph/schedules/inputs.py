"""Inputs of schedules."""

from datetime import UTC, datetime, timedelta

import strawberry
from strawberry.scalars import JSON

from domain.errors import BadRequest
from domain.schedules.rules import Rule
from graph.schedules.enums import MissedRuns

MAX_SECONDS = 10**9


@strawberry.input(description="When a schedule is due: exactly one of `once`, `everySeconds` and `cron`.")
class ScheduleRuleInput:
    """When something is due."""

    once: str | None = strawberry.field(
        default=None, description="A moment in ISO 8601: local to the time zone unless it has an offset."
    )
    every_seconds: int | None = strawberry.field(default=None, description="An interval.")
    start: datetime | None = strawberry.field(
        default=None, description="When an interval is due first; without it, it is counted from now."
    )
    cron: str | None = strawberry.field(
        default=None, description="A cron expression of five fields, such as `0 9 * * MON-FRI`, or `@daily`."
    )
    time_zone: str = strawberry.field(
        default="UTC",
        description="IANA name of the time zone that `once` and `cron` are local to, such as `Europe/Oslo`.",
    )

    def read(self) -> Rule:
        """The rule; raises `BadRequest`."""
        every = None if self.every_seconds is None else timedelta(seconds=min(self.every_seconds, MAX_SECONDS))
        start = None if every is None else self.start or datetime.now(UTC).replace(microsecond=0)
        return Rule(_moment(self.once), every, start, self.cron, self.time_zone)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest("'once' must be a moment in ISO 8601, such as '2030-01-31T09:30'.", argument="once") from None


@strawberry.input(description="A new schedule of a function or of an automation.")
class CreateScheduleInput:
    """The argument of createSchedule."""

    name: str = strawberry.field(description="For people.")
    function_name: str | None = strawberry.field(
        default=None, description="A function that the caller may call; it is called with the caller's rights."
    )
    arguments: JSON | None = strawberry.field(default=None, description="What the function is given, an object.")
    automation_id: strawberry.ID | None = strawberry.field(
        default=None, description="An automation of a table whose records the caller may write; it runs as its owner."
    )
    rule: ScheduleRuleInput = strawberry.field(description="When it is due.")
    missed_runs: MissedRuns = strawberry.field(
        default=MissedRuns.RUN_ONCE, description="What is done about moments that passed while nobody worked."
    )
    is_enabled: bool = strawberry.field(default=True, description="Whether the clock is watched for it.")


@strawberry.input(description="What is to be changed of a schedule; what is not given stays.")
class UpdateScheduleInput:
    """The argument of updateSchedule."""

    id: strawberry.ID = strawberry.field(description="Id of one of the caller's schedules.")
    name: str | None = strawberry.field(default=None, description="Another name.")
    arguments: JSON | None = strawberry.field(default=None, description="Other arguments of the function.")
    rule: ScheduleRuleInput | None = strawberry.field(default=None, description="When it is due from now on.")
    missed_runs: MissedRuns | None = strawberry.field(default=None, description="Another policy.")
    is_enabled: bool | None = strawberry.field(
        default=None, description="Whether the clock is watched; what passed while it was not counts for nothing."
    )


@strawberry.input(description="Which schedule is deleted.")
class DeleteScheduleInput:
    """The argument of deleteSchedule."""

    id: strawberry.ID = strawberry.field(description="Id of one of the caller's schedules.")
