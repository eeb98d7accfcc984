"""Root fields of Query about incoming webhooks."""

from typing import Annotated

import strawberry

from graph.incoming_webhooks.types import IncomingWebhook
from graph.info import Info
from graph.node import read_id
from resolvers.incoming_webhooks.finding import get_incoming_webhook, list_incoming_webhooks


@strawberry.type
class IncomingWebhookQueries:
    """Incoming webhooks; all need the role ADMIN."""

    @strawberry.field(description="An incoming webhook by its id. Needs the role ADMIN.")
    async def incoming_webhook(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of the webhook.")]
    ) -> IncomingWebhook | None:
        return IncomingWebhook.from_model(await get_incoming_webhook(info.context, read_id(id)))

    @strawberry.field(description="The incoming webhooks of a table, oldest first. Needs the role ADMIN.")
    async def incoming_webhooks(
        self, info: Info, table_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the table.")]
    ) -> list[IncomingWebhook]:
        found = await list_incoming_webhooks(info.context, read_id(table_id, "tableId"))
        return [IncomingWebhook.from_model(webhook) for webhook in found]
