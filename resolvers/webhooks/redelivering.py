"""Sending messages once more, and trying a webhook."""

from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from adapters.database import Unit
from domain.changes.cursor import read_cursor
from domain.changes.horizon import is_lost
from domain.errors import BadRequest, Conflict, ResyncRequired
from domain.ids import Kind, new_id
from domain.webhooks.messages import TEST, message_of_test
from models import Webhook, WebhookDelivery
from resolvers.context import RequestContext
from resolvers.followers.following import follow
from resolvers.webhooks.finding import load_delivery, load_webhook
from resolvers.webhooks.kinds import FOLLOWER
from resolvers.webhooks.queueing import redeliver, redeliver_since
from resolvers.webhooks.writing import write_messages

_GO_BACK: Final = f"""
SELECT {is_lost("$2::text::pg_snapshot")} AS is_lost,
       pg_snapshot_xmax($2::text::pg_snapshot) <= pg_snapshot_xmax(
           split_part(convert_from(decode(cursor, 'hex'), 'UTF8'), '/', 1)::pg_snapshot) AS is_before
  FROM log_followers WHERE id = $1 FOR UPDATE
"""


async def redeliver_one(context: RequestContext, delivery_id: UUID) -> WebhookDelivery:
    """The message, which is sent once more as it is, with the same id. Raises `Conflict` for a disabled webhook."""
    async with context.unit() as unit:
        delivery, webhook, _ = await load_delivery(unit, context, delivery_id)
        _require_enabled(webhook)
        if not await redeliver(unit, context.services.limits, delivery.id):
            raise Conflict("This batch takes events yet; it is sent when it is full, or old enough.")
        await unit.session.refresh(delivery)
    return delivery


async def redeliver_from_time(
    context: RequestContext, webhook_id: UUID, since: datetime, *, only_failed: bool
) -> tuple[Webhook, int]:
    """Send the messages once more that were written since; how many they are. Raises `Conflict` as `redeliver_one`."""
    async with context.unit() as unit:
        webhook, _, _ = await load_webhook(unit, context, webhook_id, lock=True)
        _require_enabled(webhook)
        count = await redeliver_since(unit, context.services.limits, webhook.id, since, only_failed=only_failed)
    return webhook, count


async def redeliver_from_cursor(context: RequestContext, webhook_id: UUID, cursor: str) -> Webhook:
    """Have a webhook read the log again from an event cursor on: also what it has missed while it was not there.

    What it told before is sent with the same id, but for batches, which are made anew. A cursor that is ahead of it
    changes nothing. Raises `ResyncRequired` for one that the log does not reach back to.
    """
    position = read_cursor(cursor, "cursor")
    async with context.unit() as unit:
        webhook, table, _ = await load_webhook(unit, context, webhook_id, lock=True)
        _require_enabled(webhook)
        place = await _compared(unit, webhook.id, position.since)
        if place["is_lost"]:
            raise ResyncRequired("The log does not reach back to this cursor any more.")
        if place["is_before"]:
            await follow(unit, context.services.bus, webhook.id, FOLLOWER, table.id, cursor)
    return webhook


async def send_test(context: RequestContext, webhook_id: UUID) -> WebhookDelivery:
    """A message that only says that it is a test, tried once; also of a disabled webhook."""
    async with context.unit() as unit:
        webhook, table, _ = await load_webhook(unit, context, webhook_id)
        message = (f"test/{new_id(Kind.WEBHOOK_DELIVERY)}", TEST, message_of_test(table.id))
        [id] = await write_messages(unit.connection, context.services.limits, webhook.id, [message])
        return await unit.session.get_one(WebhookDelivery, id)


async def _compared(unit: Unit, webhook_id: UUID, since: str) -> asyncpg.Record:
    row = await unit.connection.fetchrow(_GO_BACK, webhook_id, since)
    if row is None:
        raise BadRequest("The webhook does not follow its table.")
    return row


def _require_enabled(webhook: Webhook) -> None:
    if not webhook.is_enabled:
        raise Conflict("The webhook is disabled: enable it first.", webhookId=webhook.id)
