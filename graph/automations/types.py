"""The GraphQL types of automations and of what they do."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

import graph.automations.runs as run_types
import graph.tables.types as table_types
from domain.automations.contract import Part
from domain.automations.registry import action_types, trigger_types
from graph.accounts.types import User, load_user
from graph.automations.run_arguments import RunFilterArgument
from graph.enums import expose
from graph.id_pages import AfterPlace, FirstItems
from graph.info import Info
from graph.node import Node
from models import Automation as AutomationModel
from models import AutomationAction as ActionModel
from resolvers.automations.finding import AutomationActionsLoader, FollowerErrorLoader, ScheduleLoader
from resolvers.tables import get_table

if TYPE_CHECKING:
    from graph.automations.runs import AutomationRunConnection
    from graph.tables.types import Table

    class TriggerType(Enum):
        """The keys of the registry of triggers; the name is the key in upper case."""

    class ActionType(Enum):
        """Likewise, of actions."""
else:
    TriggerType = Enum("TriggerType", {key.upper(): key for key in trigger_types()}, module=__name__)
    expose(TriggerType, "What sets an automation off.", {t: trigger_types()[t.value].description for t in TriggerType})
    ActionType = Enum("ActionType", {key.upper(): key for key in action_types()}, module=__name__)
    expose(ActionType, "What an automation does.", {t: action_types()[t.value].description for t in ActionType})


@strawberry.type(description="A field of the config of a trigger or an action.")
class AutomationConfigField:
    """What a client must know to ask for it."""

    name: str = strawberry.field(description="Its name.")
    type: str = strawberry.field(description="What it must be, in words.")
    description: str = strawberry.field(description="What it says.")
    is_required: bool = strawberry.field(description="Whether it must be given.")
    default: JSON | None = strawberry.field(description="What it is where it is left out.")


def config_fields(part: Part) -> list[AutomationConfigField]:
    """The fields of the config of a trigger or an action."""
    return [
        AutomationConfigField(
            name=each.name,
            type=each.type.name,
            description=each.description,
            is_required=each.is_required,
            default=cast(JSON | None, each.default),
        )
        for each in part.config
    ]


@strawberry.type(description="A type of trigger, and what its config says.")
class TriggerTypeInfo:
    """What a client must know to offer a trigger."""

    type: TriggerType = strawberry.field(description="The type.")
    description: str = strawberry.field(description="What sets the automation off.")
    config: list[AutomationConfigField] = strawberry.field(description="The fields of its config.")


@strawberry.type(description="A type of action, and what its config says.")
class ActionTypeInfo:
    """What a client must know to offer an action."""

    type: ActionType = strawberry.field(description="The type.")
    description: str = strawberry.field(description="What it does.")
    config: list[AutomationConfigField] = strawberry.field(description="The fields of its config.")


@strawberry.type(description="An action of an automation; they are done one after the other.")
class AutomationAction(Node):
    """One step."""

    type: ActionType = strawberry.field(description="What it does.")
    config: JSON = strawberry.field(description="How: see `actionTypes`. Texts may be templates.")
    order: int = strawberry.field(description="Its place, from 0.")

    @classmethod
    def from_model(cls, action: ActionModel) -> "AutomationAction":
        """The GraphQL object of an action."""
        return cls(
            id=strawberry.ID(str(action.id)),
            type=ActionType(action.type),
            config=cast(JSON, action.config),
            order=action.position,
        )


@strawberry.type(
    description="Actions that are done when something sets them off, by the rights of the owner. Whoever changes the "
    "trigger or the actions becomes the owner."
)
class Automation(Node):
    """An automation of a table."""

    table_id: strawberry.Private[UUID]
    owner_id: strawberry.Private[UUID | None]
    own_error: strawberry.Private[str | None]
    name: str = strawberry.field(description="The name.")
    description: str | None = strawberry.field(description="What it is for.")
    trigger_type: TriggerType = strawberry.field(description="What sets it off.")
    trigger_config: JSON = strawberry.field(description="How: see `triggerTypes`. Fields stand as their ids.")
    is_enabled: bool = strawberry.field(description="Whether it is set off at all, but by hand.")
    is_paused: bool = strawberry.field(
        description="Whether it rests for a while: what happens meanwhile sets off nothing, then or later."
    )
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(description="When it was changed, paused or resumed.")

    @classmethod
    def from_model(cls, automation: AutomationModel) -> "Automation":
        """The GraphQL object of an automation."""
        return cls(
            id=strawberry.ID(str(automation.id)),
            table_id=automation.table_id,
            owner_id=automation.owner_id,
            own_error=automation.error,
            name=automation.name,
            description=automation.description,
            trigger_type=TriggerType(automation.trigger_type),
            trigger_config=cast(JSON, automation.trigger_config),
            is_enabled=automation.is_enabled,
            is_paused=automation.is_paused,
            created_at=automation.created_at,
            updated_at=automation.updated_at,
        )

    @strawberry.field(description="The table that it is of.")
    async def table(self, info: Info) -> Annotated["Table", strawberry.lazy("graph.tables.types")]:
        return table_types.Table.from_model(await get_table(info.context, self.table_id))

    @strawberry.field(description="By whose rights it acts; null when the account is gone: then it rests.")
    async def owner(self, info: Info) -> User | None:
        return await load_user(info, self.owner_id)

    @strawberry.field(description="What it does, in order.")
    async def actions(self, info: Info) -> list[AutomationAction]:
        found = await info.context.loader(AutomationActionsLoader).load(UUID(self.id))
        return [AutomationAction.from_model(action) for action in found or []]

    @strawberry.field(
        description="Why nothing can set it off for now, in words; null when all is well. It tries again by itself."
    )
    async def error(self, info: Info) -> str | None:
        id = UUID(self.id)
        schedule = await info.context.loader(ScheduleLoader).load(id)
        failed = await info.context.loader(FollowerErrorLoader).load(id)
        return failed or (schedule and schedule.error) or self.own_error

    @strawberry.field(description="When the clock sets it off next; null for other triggers, and when it is over.")
    async def next_run_at(self, info: Info) -> datetime | None:
        schedule = await info.context.loader(ScheduleLoader).load(UUID(self.id))
        return None if schedule is None else schedule.next_run_at

    @strawberry.field(
        description="A page of its runs, newest first.",
        graphql_type=Annotated["AutomationRunConnection", strawberry.lazy("graph.automations.runs")],
    )
    async def runs(
        self, info: Info, filter_: RunFilterArgument = None, first: FirstItems = None, after: AfterPlace = None
    ) -> "AutomationRunConnection":
        return await run_types.load_runs(info, UUID(self.id), filter_, first, after)
