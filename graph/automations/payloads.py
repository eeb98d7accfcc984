"""Payloads of the mutations on automations."""

import strawberry

from graph.automations.runs import AutomationRun
from graph.automations.types import Automation


@strawberry.type(description="The automation that was created or changed.")
class AutomationPayload:
    """Payload of the mutations on automations and their actions."""

    automation: Automation = strawberry.field(description="The automation as it is now.")


@strawberry.type(description="The automation that was deleted.")
class DeleteAutomationPayload:
    """Payload of deleteAutomation."""

    deleted_id: strawberry.ID = strawberry.field(description="Id of the automation that is gone.")


@strawberry.type(description="The run of an automation.")
class AutomationRunPayload:
    """Payload of the mutations on runs."""

    run: AutomationRun = strawberry.field(description="The run as it is now.")
