"""Root fields of Mutation about the runs of automations."""

from typing import Annotated

import strawberry

from graph.automations.inputs import (
    CancelAutomationRunInput,
    ClickButtonInput,
    RetryAutomationRunInput,
    TestAutomationInput,
    TriggerAutomationInput,
)
from graph.automations.payloads import AutomationRunPayload
from graph.automations.runs import AutomationRun
from graph.info import Info
from graph.node import read_id, read_optional_id
from models import AutomationRun as RunModel
from resolvers.automations.history import cancel_run, retry_run
from resolvers.automations.triggering import click_button, trigger_automation
from resolvers.automations.trying_out import try_out


@strawberry.type
class AutomationRunMutations:
    """Setting automations off takes the role EDITOR; what is about their runs, ADMIN."""

    @strawberry.mutation(
        description="Set an automation off by hand, whatever its trigger is, and also when it is paused or disabled. "
        "Needs the role EDITOR."
    )
    async def trigger_automation(
        self, info: Info, input: Annotated[TriggerAutomationInput, strawberry.argument(description="Which, with what.")]
    ) -> AutomationRunPayload:
        id, record_id = read_id(input.automation_id, "automationId"), read_optional_id(input.record_id, "recordId")
        return _payload(await trigger_automation(info.context, id, record_id, idempotency_key=input.idempotency_key))

    @strawberry.mutation(
        description="Click the button of a record: sets off an automation of the trigger BUTTON_CLICKED. CONFLICT for "
        "one that is paused or disabled. Needs the role EDITOR."
    )
    async def click_button(
        self, info: Info, input: Annotated[ClickButtonInput, strawberry.argument(description="Which button.")]
    ) -> AutomationRunPayload:
        id, record_id = read_id(input.automation_id, "automationId"), read_id(input.record_id, "recordId")
        return _payload(await click_button(info.context, id, record_id, idempotency_key=input.idempotency_key))

    @strawberry.mutation(
        description="Try an automation out, also one that is off, with the caller's rights: a run that shows what each "
        "step would do, and does none of it. It is kept, whatever becomes of the operation, and must be its first root "
        "field. Needs the role ADMIN."
    )
    async def test_automation(
        self, info: Info, input: Annotated[TestAutomationInput, strawberry.argument(description="Which, with what.")]
    ) -> AutomationRunPayload:
        id, record_id = read_id(input.automation_id, "automationId"), read_optional_id(input.record_id, "recordId")
        return _payload(await try_out(info.context, id, record_id, input.trigger))

    @strawberry.mutation(
        description="Cancel a run: no further step of it begins, and what it has done stays. CONFLICT for one that is "
        "over. Needs the role ADMIN."
    )
    async def cancel_automation_run(
        self, info: Info, input: Annotated[CancelAutomationRunInput, strawberry.argument(description="Which run.")]
    ) -> AutomationRunPayload:
        return _payload(await cancel_run(info.context, read_id(input.id)))

    @strawberry.mutation(
        description="Do a run again that failed or was cancelled: a new one for the same event, from the first action "
        "on, with the actions as they are now. What the first one did is done again. Needs the role ADMIN."
    )
    async def retry_automation_run(
        self, info: Info, input: Annotated[RetryAutomationRunInput, strawberry.argument(description="Which run.")]
    ) -> AutomationRunPayload:
        return _payload(await retry_run(info.context, read_id(input.id)))


def _payload(run: RunModel) -> AutomationRunPayload:
    return AutomationRunPayload(run=AutomationRun.from_model(run))
