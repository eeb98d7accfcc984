"""Inputs of the mutations on automations."""

import strawberry
from strawberry.scalars import JSON

from domain.unchanged import UNCHANGED
from graph.automations.types import ActionType, TriggerType
from resolvers.automations.changes import AutomationChanges, AutomationDraft
from resolvers.automations.steps import ActionDraft


@strawberry.input(description="A new action.")
class AutomationActionInput:
    """An action, as part of an automation that is created."""

    type: ActionType = strawberry.field(description="What it does.")
    config: JSON = strawberry.field(description="How: see `actionTypes`. Texts may be templates.")
    order: int | None = strawberry.field(
        default=None, description="Its place among the others: smaller ones come first. As they stand by default."
    )

    def draft(self) -> ActionDraft:
        """The action as the use case takes it."""
        return ActionDraft(str(self.type.value), self.config, self.order)


@strawberry.input(description="A new automation, by the caller's rights; the last one of its table.")
class CreateAutomationInput:
    """Input of createAutomation."""

    table_id: strawberry.ID = strawberry.field(description="Id of the table.")
    name: str = strawberry.field(description="1 to 255 characters.")
    description: str | None = strawberry.field(default=None, description="What it is for.")
    trigger_type: TriggerType = strawberry.field(description="What sets it off.")
    trigger_config: JSON | None = strawberry.field(
        default=None, description="How: see `triggerTypes`. Fields are given by id or name."
    )
    is_enabled: bool | None = strawberry.field(default=True, description="Whether it is set off at all.")
    actions: list[AutomationActionInput] | None = strawberry.field(default=None, description="What it does, in order.")

    def draft(self) -> AutomationDraft:
        """The automation as the use case takes it."""
        return AutomationDraft(
            self.name,
            self.description,
            str(self.trigger_type.value),
            self.trigger_config,
            self.is_enabled is not False,
            [each.draft() for each in self.actions or ()],
        )


@strawberry.input(description="Changes to an automation; what is left out stays as it is.")
class UpdateAutomationInput:
    """Input of updateAutomation."""

    id: strawberry.ID = strawberry.field(description="Id of the automation.")
    name: str | None = strawberry.field(default=None, description="The new name.")
    description: str | None = strawberry.field(default=strawberry.UNSET, description="The new description, or null.")
    trigger_type: TriggerType | None = strawberry.field(
        default=None, description="What sets it off now. Of another type, it begins with a config of its own."
    )
    trigger_config: JSON | None = strawberry.field(
        default=strawberry.UNSET, description="The new config, in place of the whole old one."
    )
    is_enabled: bool | None = strawberry.field(default=None, description="Whether it is set off at all.")

    def changes(self) -> AutomationChanges:
        """The changes as the use case takes them."""
        unset = strawberry.UNSET
        return AutomationChanges(
            name=self.name,
            description=UNCHANGED if self.description is unset else self.description,
            trigger_type=None if self.trigger_type is None else str(self.trigger_type.value),
            trigger_config=UNCHANGED if self.trigger_config is unset else self.trigger_config,
            is_enabled=self.is_enabled,
        )


@strawberry.input(description="The automation to delete.")
class DeleteAutomationInput:
    """Input of deleteAutomation."""

    id: strawberry.ID = strawberry.field(description="Id of the automation.")


@strawberry.input(description="The automation to pause.")
class PauseAutomationInput:
    """Input of pauseAutomation."""

    id: strawberry.ID = strawberry.field(description="Id of the automation.")


@strawberry.input(description="The automation to resume.")
class ResumeAutomationInput:
    """Input of resumeAutomation."""

    id: strawberry.ID = strawberry.field(description="Id of the automation.")


@strawberry.input(description="The automation to take over.")
class TakeOverAutomationInput:
    """Input of takeOverAutomation."""

    id: strawberry.ID = strawberry.field(description="Id of the automation.")


@strawberry.input(description="The automation to copy. The copy is the caller's, disabled, and the last of its table.")
class DuplicateAutomationInput:
    """Input of duplicateAutomation."""

    id: strawberry.ID = strawberry.field(description="Id of the automation.")
    name: str | None = strawberry.field(default=None, description='Its name and " (copy)" where this is left out.')


@strawberry.input(description="A new action of an automation.")
class AddAutomationActionInput:
    """Input of addAutomationAction."""

    automation_id: strawberry.ID = strawberry.field(description="Id of the automation.")
    type: ActionType = strawberry.field(description="What it does.")
    config: JSON = strawberry.field(description="How: see `actionTypes`. Texts may be templates.")
    order: int | None = strawberry.field(default=None, description="Its place, from 0; the last by default.")

    def draft(self) -> ActionDraft:
        """The action as the use case takes it."""
        return ActionDraft(str(self.type.value), self.config, self.order)


@strawberry.input(description="Changes to an action; what is left out stays as it is.")
class UpdateAutomationActionInput:
    """Input of updateAutomationAction."""

    id: strawberry.ID = strawberry.field(description="Id of the action.")
    type: ActionType | None = strawberry.field(
        default=None, description="What it does now. Of another type, it begins with a config of its own."
    )
    config: JSON | None = strawberry.field(
        default=strawberry.UNSET, description="The new config, in place of the whole old one."
    )
    order: int | None = strawberry.field(default=None, description="Its new place, from 0.")


@strawberry.input(description="An action to delete.")
class DeleteAutomationActionInput:
    """Input of deleteAutomationAction."""

    id: strawberry.ID = strawberry.field(description="Id of the action.")


@strawberry.input(description="A new order of the actions of an automation.")
class ReorderAutomationActionsInput:
    """Input of reorderAutomationActions."""

    automation_id: strawberry.ID = strawberry.field(description="Id of the automation.")
    action_ids: list[strawberry.ID] = strawberry.field(description="The ids of all its actions, each once.")


@strawberry.input(description="Which automation to set off, and with which record.")
class TriggerAutomationInput:
    """Input of triggerAutomation."""

    automation_id: strawberry.ID = strawberry.field(description="Id of the automation.")
    record_id: strawberry.ID | None = strawberry.field(
        default=None, description="The record that its templates find as `trigger.record`."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="1 to 255 characters: sent again with the same key it answers the first run."
    )


@strawberry.input(description="A click on a button.")
class ClickButtonInput:
    """Input of clickButton."""

    automation_id: strawberry.ID = strawberry.field(description="Id of an automation that buttons set off.")
    record_id: strawberry.ID = strawberry.field(description="The record whose button it is.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="1 to 255 characters: sent again with the same key it answers the first run."
    )


@strawberry.input(description="Which automation to try out, and with what.")
class TestAutomationInput:
    """Input of testAutomation."""

    __test__ = False  # pytest takes what is called so for a test

    automation_id: strawberry.ID = strawberry.field(description="Id of the automation.")
    record_id: strawberry.ID | None = strawberry.field(
        default=None, description="The record that its templates find as `trigger.record`, and `previous_record`."
    )
    trigger: JSON | None = strawberry.field(
        default=None, description="An object of what else its templates find under `trigger`, such as a `body`."
    )


@strawberry.input(description="The run to cancel.")
class CancelAutomationRunInput:
    """Input of cancelAutomationRun."""

    id: strawberry.ID = strawberry.field(description="Id of the run.")


@strawberry.input(description="The run to do again.")
class RetryAutomationRunInput:
    """Input of retryAutomationRun."""

    id: strawberry.ID = strawberry.field(description="Id of the run.")
