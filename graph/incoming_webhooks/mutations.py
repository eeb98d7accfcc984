"""Root fields of Mutation about incoming webhooks, and their payloads."""

from typing import Annotated

import strawberry

from graph.incoming_webhooks.inputs import (
    CreateIncomingWebhookInput,
    DeleteIncomingWebhookInput,
    RegenerateIncomingWebhookTokenInput,
    UpdateIncomingWebhookInput,
)
from graph.incoming_webhooks.types import IncomingWebhook
from graph.info import Info
from graph.node import read_id
from resolvers.incoming_webhooks.changes import (
    create_incoming_webhook,
    delete_incoming_webhook,
    regenerate_token,
    update_incoming_webhook,
)


@strawberry.type(description="An incoming webhook with an address that was just made.")
class IncomingWebhookAddressPayload:
    """Payload of createIncomingWebhook and regenerateIncomingWebhookToken."""

    incoming_webhook: IncomingWebhook = strawberry.field(description="The webhook.")
    url: str = strawberry.field(
        description="Where requests go, by POST. It holds the token: who has it may send, and it is shown this once."
    )


@strawberry.type(description="The incoming webhook that was changed.")
class IncomingWebhookPayload:
    """Payload of updateIncomingWebhook."""

    incoming_webhook: IncomingWebhook = strawberry.field(description="The webhook as it is now.")


@strawberry.type(description="The incoming webhook that was deleted.")
class DeleteIncomingWebhookPayload:
    """Payload of deleteIncomingWebhook."""

    deleted_id: strawberry.ID = strawberry.field(description="Id of the webhook that is gone.")


@strawberry.type
class IncomingWebhookMutations:
    """Making and changing incoming webhooks; all need the role ADMIN."""

    @strawberry.mutation(
        description="Make an address at which other servers bring in records of a table. Needs the role ADMIN."
    )
    async def create_incoming_webhook(
        self, info: Info, input: Annotated[CreateIncomingWebhookInput, strawberry.argument(description="The webhook.")]
    ) -> IncomingWebhookAddressPayload:
        id = read_id(input.table_id, "tableId")
        webhook, url = await create_incoming_webhook(info.context, id, input.content())
        return IncomingWebhookAddressPayload(incoming_webhook=IncomingWebhook.from_model(webhook), url=url)

    @strawberry.mutation(description="Change, pause or resume an incoming webhook. Needs the role ADMIN.")
    async def update_incoming_webhook(
        self, info: Info, input: Annotated[UpdateIncomingWebhookInput, strawberry.argument(description="The changes.")]
    ) -> IncomingWebhookPayload:
        webhook = await update_incoming_webhook(info.context, read_id(input.id), input.changes())
        return IncomingWebhookPayload(incoming_webhook=IncomingWebhook.from_model(webhook))

    @strawberry.mutation(
        description="Give an incoming webhook a new address; the one until now takes nothing any more. "
        "Needs the role ADMIN."
    )
    async def regenerate_incoming_webhook_token(
        self,
        info: Info,
        input: Annotated[RegenerateIncomingWebhookTokenInput, strawberry.argument(description="Which webhook.")],
    ) -> IncomingWebhookAddressPayload:
        webhook, url = await regenerate_token(info.context, read_id(input.id))
        return IncomingWebhookAddressPayload(incoming_webhook=IncomingWebhook.from_model(webhook), url=url)

    @strawberry.mutation(description="Delete an incoming webhook with its log; records stay. Needs the role ADMIN.")
    async def delete_incoming_webhook(
        self,
        info: Info,
        input: Annotated[DeleteIncomingWebhookInput, strawberry.argument(description="Which webhook.")],
    ) -> DeleteIncomingWebhookPayload:
        await delete_incoming_webhook(info.context, read_id(input.id))
        return DeleteIncomingWebhookPayload(deleted_id=input.id)
