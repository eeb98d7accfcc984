"""The arguments of lists of runs."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.automations.runs import RunStatus
from graph.enums import expose
from resolvers.automations.history import RunFilter as Wanted

expose(
    RunStatus,
    "The state of a run, or of a step of one.",
    {
        RunStatus.QUEUED: "It waits: for a worker, or for its time.",
        RunStatus.RUNNING: "It is under way.",
        RunStatus.SUCCEEDED: "All is done.",
        RunStatus.FAILED: "It ended with an error.",
        RunStatus.CANCELLED: "It was cancelled before all was done.",
    },
)


@strawberry.input(description="Which runs; all that is given must hold.")
class AutomationRunFilter:
    """The argument `filter` of lists of runs."""

    statuses: list[RunStatus] | None = strawberry.field(default=None, description="Only those in one of these states.")
    since: datetime | None = strawberry.field(default=None, description="Only those set off from this moment on.")
    until: datetime | None = strawberry.field(default=None, description="Only those set off before this moment.")
    is_test: bool | None = strawberry.field(default=None, description="Only tests, or only those that are none.")

    def read(self) -> Wanted:
        """The filter as the use case takes it."""
        statuses = None if self.statuses is None else tuple(sorted({each.value for each in self.statuses}))
        return Wanted(statuses, self.since, self.until, self.is_test)


RunFilterArgument = Annotated[
    AutomationRunFilter | None, strawberry.argument(name="filter", description="Only runs for which this holds.")
]
