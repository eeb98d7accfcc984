"""The GraphQL types of runs of automations."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

import graph.automations.types as automation_types
from domain.automations.runs import RunStatus
from graph.accounts.types import User, load_user
from graph.automations.run_arguments import AutomationRunFilter
from graph.id_pages import page_info_of, read_page_request
from graph.info import Info
from graph.node import Node
from graph.paging import PageInfo
from models import AutomationAction as ActionModel
from models import AutomationRun as RunModel
from models import AutomationRunStep as StepModel
from resolvers.automations.finding import AutomationActionsLoader, AutomationLoader
from resolvers.automations.history import (
    RunCountKey,
    RunCountLoader,
    RunFilter,
    RunLoader,
    RunsKey,
    RunsLoader,
    StepsLoader,
)
from resolvers.id_pages import IdPage

if TYPE_CHECKING:
    from graph.automations.types import ActionType, Automation, AutomationAction


@strawberry.type(description="What a step of a run did.")
class AutomationRunStep:
    """One step."""

    automation_id: strawberry.Private[UUID]
    action_id: strawberry.Private[UUID | None]
    path: str = strawberry.field(
        description="Which step: `2` is the second action; what is inside of it has further parts, such as `2.then.1`."
    )
    type: Annotated["ActionType", strawberry.lazy("graph.automations.types")] = strawberry.field(
        description="What kind of action it is."
    )
    status: RunStatus = strawberry.field(description="Its state.")
    input: JSON | None = strawberry.field(description="The config, with the values of its templates.")
    output: JSON | None = strawberry.field(description="What came of it; later steps find it as `steps.N`.")
    error: str | None = strawberry.field(description="What went wrong.")
    attempt: int = strawberry.field(description="How often it was begun.")
    started_at: datetime | None = strawberry.field(description="When it began.")
    finished_at: datetime | None = strawberry.field(description="When it ended.")

    @classmethod
    def from_model(cls, step: StepModel, automation_id: UUID) -> "AutomationRunStep":
        """The GraphQL object of a step."""
        return cls(
            automation_id=automation_id,
            action_id=step.action_id,
            path=step.path,
            type=automation_types.ActionType(step.type),
            status=RunStatus(step.status),
            input=cast(JSON | None, step.input),
            output=cast(JSON | None, step.output),
            error=step.error,
            attempt=step.attempt,
            started_at=step.started_at,
            finished_at=step.finished_at,
        )

    @strawberry.field(description="Milliseconds that it took; null while it is under way.")
    def duration_ms(self) -> int | None:
        return milliseconds(self.started_at, self.finished_at)

    @strawberry.field(description="The action that it is of; null when that was deleted.")
    async def action(
        self, info: Info
    ) -> Annotated["AutomationAction", strawberry.lazy("graph.automations.types")] | None:
        actions: list[ActionModel] = await info.context.loader(AutomationActionsLoader).load(self.automation_id) or []
        found = next((each for each in actions if each.id == self.action_id), None)
        return None if found is None else automation_types.AutomationAction.from_model(found)


@strawberry.type(description="One time that an automation was set off.")
class AutomationRun(Node):
    """A run."""

    automation_id: strawberry.Private[UUID]
    owner_id: strawberry.Private[UUID | None]
    caused_by_id: strawberry.Private[UUID | None]
    retry_of_id: strawberry.Private[UUID | None]
    reason: strawberry.Private[str | None]
    cause: strawberry.Private[object]
    status: RunStatus = strawberry.field(description="Its state.")
    depth: int = strawberry.field(
        description="1 where a person or the clock began; one more than the run of the automation that set it off."
    )
    is_test: bool = strawberry.field(description="Whether it only shows what it would do.")
    error_code: str | None = strawberry.field(description="The code of that error, where there is one.")
    created_at: datetime = strawberry.field(description="When it was set off.")
    started_at: datetime | None = strawberry.field(description="When its first step began.")
    finished_at: datetime | None = strawberry.field(description="When it was over.")

    @classmethod
    def from_model(cls, run: RunModel) -> "AutomationRun":
        """The GraphQL object of a run."""
        return cls(
            id=strawberry.ID(str(run.id)),
            automation_id=run.automation_id,
            owner_id=run.owner_id,
            caused_by_id=run.caused_by,
            retry_of_id=run.retry_of,
            reason=run.error,
            status=RunStatus(run.status),
            cause=run.trigger,
            depth=run.depth,
            is_test=run.is_test,
            error_code=run.error_code,
            created_at=run.created_at,
            started_at=run.started_at,
            finished_at=run.finished_at,
        )

    @strawberry.field(
        description="What set it off, as templates see it; empty for callers who may not manage the automation: it is "
        "kept as it was, and they may see less by now."
    )
    async def trigger(self, info: Info) -> JSON:
        is_manager = await info.context.loader(AutomationLoader).load(self.automation_id) is not None
        return cast(JSON, self.cause if is_manager else {})

    @strawberry.field(description="Milliseconds from the first step to the end; null while it is under way.")
    def duration_ms(self) -> int | None:
        return milliseconds(self.started_at, self.finished_at)

    @strawberry.field(
        description="Why it failed, or was cancelled; null for callers who may not manage the automation: it may tell "
        "what its owner alone may see."
    )
    async def error(self, info: Info) -> str | None:
        if self.reason is None:
            return None
        return self.reason if await info.context.loader(AutomationLoader).load(self.automation_id) else None

    @strawberry.field(description="Its automation; null for callers who may set it off, but not manage it.")
    async def automation(
        self, info: Info
    ) -> Annotated["Automation", strawberry.lazy("graph.automations.types")] | None:
        found = await info.context.loader(AutomationLoader).load(self.automation_id)
        return None if found is None else automation_types.Automation.from_model(found)

    @strawberry.field(description="By whose rights it acts; null when the account is gone.")
    async def owner(self, info: Info) -> User | None:
        return await load_user(info, self.owner_id)

    @strawberry.field(description="What it has done so far, in order; empty for callers who may not manage it.")
    async def steps(self, info: Info) -> list[AutomationRunStep]:
        found = await info.context.loader(StepsLoader).load(UUID(self.id))
        return [AutomationRunStep.from_model(step, self.automation_id) for step in found or []]

    @strawberry.field(description="The run of another automation whose change set it off.")
    async def caused_by(self, info: Info) -> "AutomationRun | None":
        return await _other(info, self.caused_by_id)

    @strawberry.field(description="The run that it does again.")
    async def retry_of(self, info: Info) -> "AutomationRun | None":
        return await _other(info, self.retry_of_id)


@strawberry.type(description="A run in a list, with its place.")
class AutomationRunEdge:
    """A run and its cursor."""

    cursor: str = strawberry.field(description="Opaque; pass it as `after` for what comes behind it.")
    node: AutomationRun = strawberry.field(description="The run.")


@strawberry.type(description="A page of the runs of an automation, newest first.")
class AutomationRunConnection:
    """A page of runs."""

    automation_id: strawberry.Private[UUID]
    wanted: strawberry.Private[RunFilter]
    edges: list[AutomationRunEdge] = strawberry.field(description="The runs of the page with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")

    @strawberry.field(description="The runs of the page.")
    def nodes(self) -> list[AutomationRun]:
        return [edge.node for edge in self.edges]

    @strawberry.field(description="How many runs the filter chooses.")
    async def total_count(self, info: Info) -> int:
        return await info.context.loader(RunCountLoader).load(RunCountKey(self.automation_id, self.wanted)) or 0


async def load_runs(
    info: Info, automation_id: UUID, given: AutomationRunFilter | None, first: int | None, after: str | None
) -> AutomationRunConnection:
    """A page of the runs of an automation that the caller may see."""
    wanted = RunFilter() if given is None else given.read()
    page = read_page_request(first, after, info.context.services.limits)
    found: IdPage[RunModel] | None = await info.context.loader(RunsLoader).load(RunsKey(automation_id, wanted, page))
    assert found is not None  # the loader has a page for each key
    edges = [AutomationRunEdge(cursor=str(run.id), node=AutomationRun.from_model(run)) for run in found.items]
    return AutomationRunConnection(
        automation_id=automation_id, wanted=wanted, edges=edges, page_info=page_info_of(found)
    )


def milliseconds(start: datetime | None, end: datetime | None) -> int | None:
    """How long something took."""
    return None if start is None or end is None else round((end - start).total_seconds() * 1000)


async def _other(info: Info, id: UUID | None) -> AutomationRun | None:
    found = None if id is None else await info.context.loader(RunLoader).load(id)
    return None if found is None else AutomationRun.from_model(found)
