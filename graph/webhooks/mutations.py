"""Root fields of Mutation about webhooks, and their payloads."""

from datetime import timedelta
from typing import Annotated

import strawberry

from domain.errors import BadRequest
from graph.info import Info
from graph.node import read_id
from graph.webhooks.inputs import (
    CreateWebhookInput,
    DeleteWebhookInput,
    RedeliverWebhookInput,
    RedeliverWebhookSinceInput,
    RotateWebhookSecretInput,
    TestWebhookInput,
    UpdateWebhookInput,
)
from graph.webhooks.types import Webhook, WebhookDelivery
from resolvers.webhooks.changes import create_webhook, delete_webhook, rotate_webhook_secret, update_webhook
from resolvers.webhooks.redelivering import redeliver_from_cursor, redeliver_from_time, redeliver_one, send_test


@strawberry.type(description="A webhook with a secret that was just made.")
class WebhookSecretPayload:
    """Payload of createWebhook and rotateWebhookSecret."""

    webhook: Webhook = strawberry.field(description="The webhook.")
    secret: str = strawberry.field(
        description="By what its messages are signed, as Standard Webhooks has it (`whsec_…`); it is shown this once."
    )


@strawberry.type(description="The webhook that was changed.")
class WebhookPayload:
    """Payload of updateWebhook."""

    webhook: Webhook = strawberry.field(description="The webhook as it is now.")


@strawberry.type(description="The webhook that was deleted.")
class DeleteWebhookPayload:
    """Payload of deleteWebhook."""

    deleted_id: strawberry.ID = strawberry.field(description="Id of the webhook that is gone.")


@strawberry.type(description="The message that is sent.")
class WebhookDeliveryPayload:
    """Payload of testWebhook and redeliverWebhook."""

    delivery: WebhookDelivery = strawberry.field(description="The message; its attempts come while it is sent.")


@strawberry.type(description="The webhook whose messages are sent once more.")
class RedeliverWebhookSincePayload:
    """Payload of redeliverWebhookSince."""

    webhook: Webhook = strawberry.field(description="The webhook.")
    count: int | None = strawberry.field(
        description="How many messages are sent once more, at most the server's `max_redelivered`; null with `cursor`."
    )


@strawberry.type
class WebhookMutations:
    """Making, changing and trying webhooks; all need the role ADMIN."""

    @strawberry.mutation(
        description="Have a server told of what happens to the records of a table from now on. Needs the role ADMIN."
    )
    async def create_webhook(
        self, info: Info, input: Annotated[CreateWebhookInput, strawberry.argument(description="The webhook.")]
    ) -> WebhookSecretPayload:
        content = input.content(info.context.services.limits)
        is_enabled = input.is_enabled is not False
        id = read_id(input.table_id, "tableId")
        webhook, secret = await create_webhook(info.context, id, content, is_enabled=is_enabled)
        return WebhookSecretPayload(webhook=Webhook.from_model(webhook), secret=secret)

    @strawberry.mutation(description="Change, pause or resume a webhook. Needs the role ADMIN.")
    async def update_webhook(
        self, info: Info, input: Annotated[UpdateWebhookInput, strawberry.argument(description="The changes.")]
    ) -> WebhookPayload:
        webhook = await update_webhook(
            info.context,
            read_id(input.id),
            input.changes(info.context.services.limits),
            is_enabled=input.is_enabled,
            from_now=input.from_now or False,
        )
        return WebhookPayload(webhook=Webhook.from_model(webhook))

    @strawberry.mutation(description="Delete a webhook with its log; what waits is not sent. Needs the role ADMIN.")
    async def delete_webhook(
        self, info: Info, input: Annotated[DeleteWebhookInput, strawberry.argument(description="Which webhook.")]
    ) -> DeleteWebhookPayload:
        await delete_webhook(info.context, read_id(input.id))
        return DeleteWebhookPayload(deleted_id=input.id)

    @strawberry.mutation(description="Give a webhook a new secret. Needs the role ADMIN.")
    async def rotate_webhook_secret(
        self, info: Info, input: Annotated[RotateWebhookSecretInput, strawberry.argument(description="Which webhook.")]
    ) -> WebhookSecretPayload:
        overlap = timedelta(seconds=input.overlap_seconds or 0)
        webhook, secret = await rotate_webhook_secret(info.context, read_id(input.id), overlap)
        return WebhookSecretPayload(webhook=Webhook.from_model(webhook), secret=secret)

    @strawberry.mutation(
        description="Send a message of the type `webhook.test`, once, also by a webhook that is disabled; ask for the "
        "delivery to learn what came back. Needs the role ADMIN."
    )
    async def test_webhook(
        self, info: Info, input: Annotated[TestWebhookInput, strawberry.argument(description="Which webhook.")]
    ) -> WebhookDeliveryPayload:
        delivery = await send_test(info.context, read_id(input.id))
        return WebhookDeliveryPayload(delivery=WebhookDelivery.from_model(delivery))

    @strawberry.mutation(
        description="Send a message once more, as it was and with the same id. CONFLICT where the webhook is disabled. "
        "Needs the role ADMIN."
    )
    async def redeliver_webhook(
        self, info: Info, input: Annotated[RedeliverWebhookInput, strawberry.argument(description="Which message.")]
    ) -> WebhookDeliveryPayload:
        delivery = await redeliver_one(info.context, read_id(input.delivery_id, "deliveryId"))
        return WebhookDeliveryPayload(delivery=WebhookDelivery.from_model(delivery))

    @strawberry.mutation(
        description="Send everything once more since a moment, or since an event cursor. CONFLICT where the webhook is "
        "disabled, RESYNC_REQUIRED for a cursor that is too old. Needs the role ADMIN."
    )
    async def redeliver_webhook_since(
        self, info: Info, input: Annotated[RedeliverWebhookSinceInput, strawberry.argument(description="Since when.")]
    ) -> RedeliverWebhookSincePayload:
        id = read_id(input.id)
        if (input.since is None) == (input.cursor is None):
            raise BadRequest("Give either 'since' or 'cursor'.", argument="since")
        if input.cursor is not None:
            webhook = await redeliver_from_cursor(info.context, id, input.cursor)
            return RedeliverWebhookSincePayload(webhook=Webhook.from_model(webhook), count=None)
        assert input.since is not None  # one of both is there
        only_failed = input.only_failed or False
        webhook, count = await redeliver_from_time(info.context, id, input.since, only_failed=only_failed)
        return RedeliverWebhookSincePayload(webhook=Webhook.from_model(webhook), count=count)
