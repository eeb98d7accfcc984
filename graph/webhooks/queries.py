"""Root fields of Query about webhooks."""

from typing import Annotated

import strawberry

from graph.info import Info
from graph.node import read_id
from graph.webhooks.types import Webhook, WebhookDelivery
from resolvers.webhooks.finding import get_delivery, get_webhook, list_webhooks


@strawberry.type
class WebhookQueries:
    """Webhooks and their messages; all need the role ADMIN."""

    @strawberry.field(description="A webhook by its id. Needs the role ADMIN.")
    async def webhook(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of the webhook.")]
    ) -> Webhook | None:
        return Webhook.from_model(await get_webhook(info.context, read_id(id)))

    @strawberry.field(description="The webhooks of a table, oldest first. Needs the role ADMIN.")
    async def webhooks(
        self, info: Info, table_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the table.")]
    ) -> list[Webhook]:
        found = await list_webhooks(info.context, read_id(table_id, "tableId"))
        return [Webhook.from_model(webhook) for webhook in found]

    @strawberry.field(description="A message of a webhook by its id. Needs the role ADMIN.")
    async def webhook_delivery(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of the message.")]
    ) -> WebhookDelivery | None:
        return WebhookDelivery.from_model(await get_delivery(info.context, read_id(id)))
