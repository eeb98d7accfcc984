"""Messages written down: what they say does not change any more, and a job sends each of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from adapters.database import Connection
from adapters.jobs import Job, enqueue
from domain.ids import Kind, new_id, new_ids
from domain.webhooks.messages import BATCH as BATCH_TYPE
from domain.webhooks.messages import batch_text, parts
from resolvers.services import Limits
from resolvers.webhooks.kinds import BATCH
from resolvers.webhooks.queueing import send_soon, tries

_WRITE: Final = """
INSERT INTO webhook_deliveries AS d
       (webhook_id, tries_left, id, event, type, body, event_count, status, next_attempt_at)
SELECT $1, $2, given.id, given.event, given.type, given.body, 1, 'PENDING', now()
  FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[]) AS given (id, event, type, body)
ON CONFLICT (webhook_id, event) DO UPDATE
   SET status = 'PENDING', tries_left = $2, next_attempt_at = now(), finished_at = NULL
RETURNING d.id, d.attempts
"""
_OPEN: Final = """
INSERT INTO webhook_deliveries (id, webhook_id, tries_left, event, type, body, event_count, status)
VALUES ($1::uuid, $2, $3, 'batch/' || $1::uuid, $4, $5, $6, 'OPEN')
"""
_FIND_OPEN: Final = """
SELECT id, event_count, length(body) AS size FROM webhook_deliveries
 WHERE webhook_id = $1 AND status = 'OPEN' FOR UPDATE
"""
_ADD: Final = "UPDATE webhook_deliveries SET body = body || ',' || $2, event_count = event_count + $3 WHERE id = $1"
_HOLD: Final = "SELECT body FROM webhook_deliveries WHERE id = $1 AND status = 'OPEN' FOR UPDATE"
_CLOSE: Final = """
UPDATE webhook_deliveries SET body = $2, status = 'PENDING', next_attempt_at = now() WHERE id = $1
RETURNING id, attempts
"""


async def write_messages(
    connection: Connection, limits: Limits, webhook_id: UUID, messages: Sequence[tuple[str, str, str]]
) -> list[UUID]:
    """Write messages, given by place, type and body; one of a known place is sent again as it was. Their ids."""
    if not messages:
        return []
    ids = new_ids(Kind.WEBHOOK_DELIVERY, len(messages))
    places, types, bodies = zip(*messages, strict=True)
    rows = await connection.fetch(_WRITE, webhook_id, tries(limits), ids, places, types, bodies)
    await send_soon(connection, rows)
    return [row["id"] for row in rows]


async def add_to_batches(
    connection: Connection, limits: Limits, webhook_id: UUID, events: Sequence[str], most: int, delay: timedelta
) -> None:
    """Put events into the open batch of a webhook, and others; each that is full is sent, the last one later."""
    found = await connection.fetchrow(_FIND_OPEN, webhook_id)
    count, size = (found["event_count"], found["size"]) if found else (0, 0)
    first, *others = parts(events, count, size, most, limits.max_webhook_bytes)
    open_id: UUID | None = found["id"] if found else None
    for part in (first, *others):
        if part is not first and open_id is not None:
            await close_batch(connection, open_id)
            open_id = None
        if open_id is None:
            open_id, count = await _open(connection, limits, webhook_id, part, delay), len(part)
        elif part:
            await connection.execute(_ADD, open_id, ",".join(part), len(part))
            count += len(part)
    if count >= most and open_id is not None:
        await close_batch(connection, open_id)


async def close_batch(connection: Connection, delivery_id: UUID) -> None:
    """Send a batch, if it takes events yet."""
    events = await connection.fetchval(_HOLD, delivery_id)
    if events is not None:
        await send_soon(connection, await connection.fetch(_CLOSE, delivery_id, batch_text(events)))


async def _open(
    connection: Connection, limits: Limits, webhook_id: UUID, events: Sequence[str], delay: timedelta
) -> UUID:
    id = new_id(Kind.WEBHOOK_DELIVERY)
    await connection.execute(_OPEN, id, webhook_id, tries(limits), BATCH_TYPE, ",".join(events), len(events))
    await enqueue(connection, [Job(BATCH, {"delivery": str(id)}, delay)])
    return id
