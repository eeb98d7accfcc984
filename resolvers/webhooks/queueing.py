"""Messages put into the queue, to be sent now or later."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from adapters.database import Connection, Unit
from adapters.jobs import Job, enqueue
from domain.webhooks.deliveries import read_pauses
from resolvers.services import Limits
from resolvers.webhooks.kinds import DELIVERY

_NOW: Final = timedelta(0)
_PENDING: Final = "SELECT id, attempts FROM webhook_deliveries WHERE webhook_id = $1 AND status = 'PENDING' ORDER BY id"
AGAIN: Final = "status = 'PENDING', tries_left = $2, next_attempt_at = now(), finished_at = NULL"
"""What makes of a message one that is to be sent, whatever became of it before."""
_REDELIVER: Final = f"UPDATE webhook_deliveries SET {AGAIN} WHERE id = $1 AND status <> 'OPEN' RETURNING id, attempts"
_REDELIVER_SINCE: Final = f"""
UPDATE webhook_deliveries SET {AGAIN} WHERE id IN (
    SELECT id FROM webhook_deliveries
     WHERE webhook_id = $1 AND created_at >= $3 AND status = ANY($4) ORDER BY id LIMIT $5)
RETURNING id, attempts
"""


def tries(limits: Limits) -> int:
    """How often a message is tried."""
    return len(read_pauses(limits.webhook_retry_seconds)) + 1


async def send_soon(
    connection: Connection, messages: Iterable[asyncpg.Record | tuple[UUID, int]], delay: timedelta = _NOW
) -> int:
    """Put messages into the queue, given by id and how many attempts there were; how many they are."""
    jobs = [Job(DELIVERY, {"delivery": str(id), "attempts": attempts}, delay) for id, attempts in messages]
    await enqueue(connection, jobs)
    return len(jobs)


async def enqueue_pending(unit: Unit, webhook_id: UUID) -> None:
    """Have all sent that wait for their webhook to be enabled.

    For some there may be a job yet: what comes second finds that there was an attempt meanwhile.
    """
    await send_soon(unit.connection, await unit.connection.fetch(_PENDING, webhook_id))


async def redeliver(unit: Unit, limits: Limits, delivery_id: UUID) -> int:
    """Send a message once more, with all its tries; how many there are."""
    return await send_soon(unit.connection, await unit.connection.fetch(_REDELIVER, delivery_id, tries(limits)))


async def redeliver_since(unit: Unit, limits: Limits, webhook_id: UUID, since: datetime, *, only_failed: bool) -> int:
    """Send the messages once more that were written since; how many they are."""
    states = ["FAILED"] if only_failed else ["FAILED", "SUCCEEDED"]
    rows = await unit.connection.fetch(
        _REDELIVER_SINCE, webhook_id, tries(limits), since, states, limits.max_redelivered
    )
    return await send_soon(unit.connection, sorted((row["id"], row["attempts"]) for row in rows))
