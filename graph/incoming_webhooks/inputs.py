"""Inputs of the mutations on incoming webhooks."""

import strawberry

from domain.unchanged import UNCHANGED
from graph.given import kept, unless_null
from resolvers.incoming_webhooks.changes import IncomingChanges


@strawberry.input(description="Where the value of a field stands in what comes.")
class WebhookFieldMappingInput:
    """A path and a field."""

    path: str = strawberry.field(
        description='A path through the body, such as `customer.emails[0]`, `$["a name"].id`, or `$` for all of it. '
        "What stands nowhere leaves the field as it is."
    )
    field_id: strawberry.ID = strawberry.field(description="Id or name of the field.")


@strawberry.input(description="A new incoming webhook, with the caller's rights.")
class CreateIncomingWebhookInput:
    """Input of createIncomingWebhook."""

    table_id: strawberry.ID = strawberry.field(description="Id of the table.")
    name: str = strawberry.field(description="What it is called: 1 to 255 characters.")
    field_mappings: list[WebhookFieldMappingInput] | None = strawberry.field(
        default=None, description="Which fields it sets; with none it makes no record, and only sets off automations."
    )
    merge_on: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="Fields, among those that are mapped, by which a request changes a record that is there; with none "
        "it makes a new record each time.",
    )
    secret: str | None = strawberry.field(
        default=None,
        description="By what requests must be signed, as Standard Webhooks has it: `whsec_…`; null for any request.",
    )

    def content(self) -> IncomingChanges:
        """What the webhook says, as the use case takes it."""
        return IncomingChanges(
            name=self.name,
            mappings=_mappings(self.field_mappings or []),
            merge_on=self.merge_on or (),
            secret=self.secret,
        )


@strawberry.input(
    description="Changes to an incoming webhook, whose owner the caller becomes. What is left out or null stays as it "
    "is; null for the secret has any request taken."
)
class UpdateIncomingWebhookInput:
    """Input of updateIncomingWebhook."""

    id: strawberry.ID = strawberry.field(description="Id of the webhook.")
    name: str | None = strawberry.field(default=None, description="The new name.")
    field_mappings: list[WebhookFieldMappingInput] | None = strawberry.field(
        default=None, description="All fields that it sets, in place of those until now."
    )
    merge_on: list[strawberry.ID] | None = strawberry.field(
        default=None, description="All fields that it merges on, in place of those until now."
    )
    secret: str | None = strawberry.field(
        default=strawberry.UNSET, description="By what requests must be signed from now on."
    )
    is_enabled: bool | None = strawberry.field(default=None, description="Whether it takes requests.")

    def changes(self) -> IncomingChanges:
        """The changes as the use case takes them."""
        mappings = self.field_mappings
        return IncomingChanges(
            name=unless_null(self.name),
            mappings=UNCHANGED if mappings is None else _mappings(mappings),
            merge_on=unless_null(self.merge_on),
            secret=kept(self.secret),
            is_enabled=unless_null(self.is_enabled),
        )


@strawberry.input(description="An incoming webhook to delete.")
class DeleteIncomingWebhookInput:
    """Input of deleteIncomingWebhook."""

    id: strawberry.ID = strawberry.field(description="Id of the webhook.")


@strawberry.input(description="An incoming webhook that gets a new address.")
class RegenerateIncomingWebhookTokenInput:
    """Input of regenerateIncomingWebhookToken."""

    id: strawberry.ID = strawberry.field(description="Id of the webhook.")


def _mappings(given: list[WebhookFieldMappingInput]) -> list[tuple[str, str]]:
    return [(mapping.path, mapping.field_id) for mapping in given]
