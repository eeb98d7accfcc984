"""Automations that a request to an incoming webhook sets off."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from adapters.database import Unit
from domain.automations.triggers.webhook_received import WebhookReceived
from resolvers.automations.starting import Start, start_runs

if TYPE_CHECKING:
    from resolvers.services import Services

_FIND: Final = """
SELECT id FROM automations
 WHERE table_id = $1 AND trigger_type = 'webhook_received' AND is_enabled AND NOT is_paused
   AND trigger_config->>'webhookId' = $2
"""


async def webhook_received(
    unit: Unit, services: "Services", table_id: UUID, webhook_id: UUID, request: str, received: Mapping[str, Any]
) -> list[UUID]:
    """The runs of the automations that a request sets off, part of its transaction.

    They are those of the webhook's own table: one that names a webhook of another hears nothing of it. `request` is
    what names it, and counts once; `received` has its `body`, `headers` and `query`.
    """
    rows = await unit.connection.fetch(_FIND, table_id, str(webhook_id))
    trigger = {
        "type": WebhookReceived.key,
        "record": None,
        "previous_record": None,
        "user": None,
        "at": datetime.now(UTC).isoformat(),
        **received,
    }
    starts = [Start(row["id"], f"webhook:{webhook_id}:{request}", trigger) for row in rows]
    return await start_runs(unit, services, starts)
