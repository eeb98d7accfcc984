"""Root fields of Query about automations."""

from typing import Annotated

import strawberry

from domain.automations.registry import action_types, trigger_types
from domain.errors import BadRequest
from graph.automations.runs import AutomationRun
from graph.automations.types import (
    ActionType,
    ActionTypeInfo,
    Automation,
    TriggerType,
    TriggerTypeInfo,
    config_fields,
)
from graph.info import Info
from graph.node import read_id
from resolvers.automations.finding import get_automation, list_automations_of_base, list_automations_of_table
from resolvers.automations.history import get_run


@strawberry.type
class AutomationQueries:
    """Automations, which those see who may change the tables that they are of."""

    @strawberry.field(description="Every type of trigger, with what its config says.")
    def trigger_types(self) -> list[TriggerTypeInfo]:
        return [
            TriggerTypeInfo(type=TriggerType(key), description=each.description, config=config_fields(each))
            for key, each in trigger_types().items()
        ]

    @strawberry.field(description="Every type of action, with what its config says.")
    def action_types(self) -> list[ActionTypeInfo]:
        return [
            ActionTypeInfo(type=ActionType(key), description=each.description, config=config_fields(each))
            for key, each in action_types().items()
        ]

    @strawberry.field(description="The automations of a table in their order, or of a base. Needs the role ADMIN.")
    async def automations(
        self,
        info: Info,
        table_id: Annotated[strawberry.ID | None, strawberry.argument(description="Those of this table.")] = None,
        base_id: Annotated[strawberry.ID | None, strawberry.argument(description="Those of this base.")] = None,
    ) -> list[Automation]:
        if (table_id is None) == (base_id is None):
            raise BadRequest("Give either 'tableId' or 'baseId'.", argument="tableId")
        if table_id is not None:
            found = await list_automations_of_table(info.context, read_id(table_id, "tableId"))
        else:
            found = await list_automations_of_base(info.context, read_id(base_id or "", "baseId"))
        return [Automation.from_model(automation) for automation in found]

    @strawberry.field(description="An automation by its id. Needs the role ADMIN.")
    async def automation(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of the automation.")]
    ) -> Automation | None:
        return Automation.from_model(await get_automation(info.context, read_id(id)))

    @strawberry.field(description="A run of an automation by its id. Needs the role ADMIN.")
    async def automation_run(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of the run.")]
    ) -> AutomationRun | None:
        return AutomationRun.from_model(await get_run(info.context, read_id(id)))
