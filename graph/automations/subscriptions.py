"""`automationRunEvents`: its type, its stream, and its root field."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Never
from uuid import UUID

import strawberry

from graph.automations.runs import AutomationRun
from graph.execution.deferred_stream import DeferredStream
from graph.node import read_id
from models import AutomationRun as RunModel
from resolvers.automations.run_events import follow_runs
from resolvers.context import RequestContext


@strawberry.type(description="Something has happened to a run: it was set off, began, did a step, or is over.")
class AutomationRunEvent:
    """A run, as it is then."""

    run: AutomationRun = strawberry.field(description="The run as it is now.")


@dataclass(frozen=True, slots=True)
class RunStream(DeferredStream[Never]):
    """The events of the runs of an automation, from now on."""

    automation_id: UUID

    async def open_objects(self, context: RequestContext) -> AsyncGenerator[object, None]:
        """The events, for ordinary resolvers."""
        return _events(await follow_runs(context, self.automation_id))


async def _events(runs: AsyncGenerator[RunModel, None]) -> AsyncGenerator[object, None]:
    async with aclosing(runs):
        async for run in runs:
            yield AutomationRunEvent(run=AutomationRun.from_model(run))


@strawberry.type
class AutomationSubscriptions:
    """What automations do."""

    @strawberry.subscription(
        description="The runs of an automation that are not over, and then what happens to these and new ones; of what "
        "happens to a run at the same time the last is told. Needs the role ADMIN.",
        graphql_type=AutomationRunEvent,
    )
    def automation_run_events(
        self, automation_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the automation.")]
    ) -> RunStream:
        return RunStream(read_id(automation_id, "automationId"))
