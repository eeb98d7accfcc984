"""Automations that a request to an incoming webhook sets off."""

from datetime import UTC, datetime
from typing import Final

from domain.automations.triggers.webhook_received import WebhookReceived
from resolvers.automations.records import names_by_owner
from resolvers.automations.starting import Start, start_runs
from resolvers.context import RequestContext
from resolvers.incoming_webhooks.taken import TakenRequest

_FIND: Final = """
SELECT id, owner_id FROM automations
 WHERE table_id = $1 AND trigger_type = $2 AND trigger_config->>'webhookId' = $3 AND is_enabled AND NOT is_paused
"""


async def webhook_received(context: RequestContext, request: TakenRequest) -> None:
    """Set automations of the webhook's table off by a request, as part of its transaction."""
    async with context.unit() as unit:
        rows = await unit.connection.fetch(_FIND, request.table_id, WebhookReceived.key, str(request.webhook_id))
        names = await names_by_owner(unit, context.services, (row["owner_id"] for row in rows), request.record_id)
    about = {
        "type": WebhookReceived.key,
        "user": None,
        "body": request.document,
        "headers": request.shown_headers,
        "at": datetime.now(UTC).isoformat(),
    }
    starts = [
        Start(row["id"], f"webhook:{request.id}", {**about, **names[row["owner_id"]]}, context.mutation_id)
        for row in rows
    ]
    async with context.unit() as unit:
        await start_runs(unit, context.services, starts)
