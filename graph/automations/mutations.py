"""Root fields of Mutation about automations and their actions."""

from typing import Annotated

import strawberry

from domain.unchanged import UNCHANGED
from graph.automations.inputs import (
    AddAutomationActionInput,
    CreateAutomationInput,
    DeleteAutomationActionInput,
    DeleteAutomationInput,
    DuplicateAutomationInput,
    PauseAutomationInput,
    ReorderAutomationActionsInput,
    ResumeAutomationInput,
    TakeOverAutomationInput,
    UpdateAutomationActionInput,
    UpdateAutomationInput,
)
from graph.automations.payloads import AutomationPayload, DeleteAutomationPayload
from graph.automations.types import Automation
from graph.info import Info
from graph.node import read_id, read_ids
from models import Automation as AutomationModel
from resolvers.automations.changes import (
    create_automation,
    delete_automation,
    duplicate_automation,
    pause_automation,
    take_over_automation,
    update_automation,
)
from resolvers.automations.steps import add_action, delete_action, reorder_actions, update_action


@strawberry.type
class AutomationMutations:
    """Making, changing and deleting automations; all need the role ADMIN."""

    @strawberry.mutation(description="Create an automation of a table; it acts by the caller's rights.")
    async def create_automation(
        self, info: Info, input: Annotated[CreateAutomationInput, strawberry.argument(description="The automation.")]
    ) -> AutomationPayload:
        table_id = read_id(input.table_id, "tableId")
        return _payload(await create_automation(info.context, table_id, input.draft()))

    @strawberry.mutation(
        description="Change an automation. Who changes what sets it off becomes its owner. Disabled, it is set off by "
        "hand only; enabled again, by what happens from then on."
    )
    async def update_automation(
        self, info: Info, input: Annotated[UpdateAutomationInput, strawberry.argument(description="The changes.")]
    ) -> AutomationPayload:
        return _payload(await update_automation(info.context, read_id(input.id), input.changes()))

    @strawberry.mutation(description="Delete an automation and the history of its runs; one under way does no more.")
    async def delete_automation(
        self, info: Info, input: Annotated[DeleteAutomationInput, strawberry.argument(description="Which one.")]
    ) -> DeleteAutomationPayload:
        await delete_automation(info.context, read_id(input.id))
        return DeleteAutomationPayload(deleted_id=input.id)

    @strawberry.mutation(description="Copy an automation within its table.")
    async def duplicate_automation(
        self, info: Info, input: Annotated[DuplicateAutomationInput, strawberry.argument(description="Which one.")]
    ) -> AutomationPayload:
        return _payload(await duplicate_automation(info.context, read_id(input.id), input.name))

    @strawberry.mutation(
        description="Have nothing set an automation off until it is resumed; runs that were set off go on."
    )
    async def pause_automation(
        self, info: Info, input: Annotated[PauseAutomationInput, strawberry.argument(description="Which one.")]
    ) -> AutomationPayload:
        return _payload(await pause_automation(info.context, read_id(input.id), is_paused=True))

    @strawberry.mutation(
        description="Have a paused automation set off again, by what happens from now on: what came meanwhile is "
        "passed over."
    )
    async def resume_automation(
        self, info: Info, input: Annotated[ResumeAutomationInput, strawberry.argument(description="Which one.")]
    ) -> AutomationPayload:
        return _payload(await pause_automation(info.context, read_id(input.id), is_paused=False))

    @strawberry.mutation(description="Become the owner of an automation: it acts by the caller's rights from now on.")
    async def take_over_automation(
        self, info: Info, input: Annotated[TakeOverAutomationInput, strawberry.argument(description="Which one.")]
    ) -> AutomationPayload:
        return _payload(await take_over_automation(info.context, read_id(input.id)))

    @strawberry.mutation(description="Add an action to an automation. Who does becomes its owner.")
    async def add_automation_action(
        self, info: Info, input: Annotated[AddAutomationActionInput, strawberry.argument(description="The action.")]
    ) -> AutomationPayload:
        id = read_id(input.automation_id, "automationId")
        return _payload(await add_action(info.context, id, input.draft()))

    @strawberry.mutation(description="Change an action of an automation. Who does becomes its owner.")
    async def update_automation_action(
        self, info: Info, input: Annotated[UpdateAutomationActionInput, strawberry.argument(description="The changes.")]
    ) -> AutomationPayload:
        automation = await update_action(
            info.context,
            read_id(input.id),
            type=None if input.type is None else str(input.type.value),
            config=UNCHANGED if input.config is strawberry.UNSET else input.config,
            order=input.order,
        )
        return _payload(automation)

    @strawberry.mutation(description="Delete an action of an automation. Who does becomes its owner.")
    async def delete_automation_action(
        self, info: Info, input: Annotated[DeleteAutomationActionInput, strawberry.argument(description="Which one.")]
    ) -> AutomationPayload:
        return _payload(await delete_action(info.context, read_id(input.id)))

    @strawberry.mutation(description="Put the actions of an automation in another order. Who does becomes its owner.")
    async def reorder_automation_actions(
        self, info: Info, input: Annotated[ReorderAutomationActionsInput, strawberry.argument(description="The order.")]
    ) -> AutomationPayload:
        id, action_ids = read_id(input.automation_id, "automationId"), read_ids(input.action_ids, "actionIds")
        return _payload(await reorder_actions(info.context, id, action_ids))


def _payload(automation: AutomationModel) -> AutomationPayload:
    return AutomationPayload(automation=Automation.from_model(automation))
