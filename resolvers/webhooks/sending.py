"""Sending the messages of webhooks: a job each, that leaves the next one behind where it fails.

What is noted of an attempt is one transaction, and only for the attempt that it was: of two jobs that do the same one
goes on. A worker that ends between the answer and the note has the message sent once more, with the same id.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg
import orjson

from adapters.database import Unit
from adapters.jobs import Job
from adapters.outgoing.answer import Answer
from adapters.outgoing.request import Request
from domain.errors import DomainError
from domain.ids import Kind, new_id
from domain.storable import storable
from domain.webhooks.deliveries import GONE, DeliveryStatus, asked_pause, pause_before, read_pauses
from domain.webhooks.messages import TEST
from domain.webhooks.signing import signed_headers
from resolvers.webhooks.content import opened_headers, unsealed
from resolvers.webhooks.disabling import disable_gone, disable_long_failing
from resolvers.webhooks.queueing import send_soon
from resolvers.webhooks.writing import close_batch

if TYPE_CHECKING:
    from resolvers.services import Services

_FIND: Final = """
SELECT d.id, d.webhook_id, d.type, d.body, d.attempts, d.tries_left, w.url, w.sealed_headers, w.sealed_secret,
       CASE WHEN w.former_until > now() THEN w.former_secret END AS former_secret, w.is_enabled,
       w.failing_since IS NOT NULL AS is_failing
  FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
 WHERE d.id = $1 AND d.attempts = $2 AND d.status = 'PENDING'
"""
_NOTE: Final = """
UPDATE webhook_deliveries SET attempts = attempts + 1, tries_left = tries_left - 1, status = $3, next_attempt_at = $4,
       finished_at = CASE WHEN $3 = 'PENDING' THEN NULL ELSE now() END
 WHERE id = $1 AND attempts = $2 RETURNING attempts
"""
_ATTEMPT: Final = """
INSERT INTO webhook_attempts (id, delivery_id, number, at, duration_ms, request_headers, status_code, response_headers,
                              response_body, error)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_PUT_OFF: Final = "UPDATE webhook_deliveries SET next_attempt_at = $2 WHERE id = $1"
_WORKS: Final = "UPDATE webhooks SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL"
_FAILS: Final = "UPDATE webhooks SET failing_since = now() WHERE id = $1 AND failing_since IS NULL"
LEAST_DELAY: Final = timedelta(seconds=30)
MOST_DELAY: Final = timedelta(seconds=120)
"""How long a message is put off while its target is being tried with another one."""
_SHOWN: Final = frozenset(("webhook-id", "webhook-timestamp", "content-type"))
_HIDDEN: Final = "(not kept)"
"""In the place of headers that a webhook has of its own, and of signatures."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was sent, and what came of it: an answer or an error."""

    at: datetime
    headers: dict[str, str]
    answer: Answer | None = None
    error: str | None = None

    @property
    def is_success(self) -> bool:
        """Whether the target took it."""
        return self.answer is not None and self.answer.is_success

    @property
    def reason(self) -> str | None:
        """Why it failed."""
        if self.answer is None or self.answer.is_success:
            return self.error
        return f"The target answered {self.answer.status}{_phrase(self.answer.status)}."


class Sender:
    """Does the jobs of webhooks.

    A target that fails is tried with one message at a time in each process: if it hangs, it holds up its own alone.
    """

    def __init__(self, services: "Services") -> None:
        self._services = services
        self._trying: set[UUID] = set()
        """Webhooks that fail and are being tried."""

    async def close_batch(self, job: Job) -> None:
        """Send a batch that has waited for long enough."""
        async with self._services.database.transaction() as unit:
            await close_batch(unit.connection, UUID(job.payload["delivery"]))

    async def deliver(self, job: Job) -> None:
        """Send a message, unless it was sent meanwhile or its webhook is disabled; a test is sent all the same."""
        async with self._services.database.unit() as unit:
            row = await unit.connection.fetchrow(_FIND, UUID(job.payload["delivery"]), job.payload["attempts"])
        if row is None or not (row["is_enabled"] or row["type"] == TEST):
            return
        if not row["is_failing"]:
            await self._send(row)
        elif row["webhook_id"] in self._trying:
            await self._put_off(row)
        else:
            self._trying.add(row["webhook_id"])
            try:
                await self._send(row)
            finally:
                self._trying.discard(row["webhook_id"])

    async def _send(self, row: asyncpg.Record) -> None:
        attempt = await self._attempt(row)
        async with self._services.database.transaction() as unit:
            await self._note(unit, row, attempt)

    async def _put_off(self, row: asyncpg.Record) -> None:
        """Come back later; it does not count as an attempt."""
        delay = random.uniform(0, 1) * (MOST_DELAY - LEAST_DELAY) + LEAST_DELAY  # noqa: S311  # no secret
        async with self._services.database.transaction() as unit:
            await unit.connection.execute(_PUT_OFF, row["id"], datetime.now(UTC) + delay)
            await send_soon(unit.connection, [(row["id"], row["attempts"])], delay)

    async def _attempt(self, row: asyncpg.Record) -> Attempt:
        at, headers = datetime.now(UTC), {"Content-Type": "application/json"}
        body = row["body"].encode()
        try:
            secrets = [
                unsealed(sealed, self._services) for sealed in (row["sealed_secret"], row["former_secret"]) if sealed
            ]
            headers |= opened_headers(row["sealed_headers"], self._services) | signed_headers(
                body, str(row["id"]), at, secrets
            )
            answer = await self._services.outgoing.send(Request("POST", row["url"], headers, body))
        except DomainError as error:
            return Attempt(at, headers, error=error.message)
        return Attempt(at, headers, answer)

    async def _note(self, unit: Unit, row: asyncpg.Record, attempt: Attempt) -> None:
        status, pause = self._outcome(row, attempt)
        next_at = None if pause is None else datetime.now(UTC) + pause
        number = await unit.connection.fetchval(_NOTE, row["id"], row["attempts"], status.value, next_at)
        if number is None:
            return
        await self._log(unit, row["id"], number, attempt)
        if pause is not None:
            await send_soon(unit.connection, [(row["id"], number)], pause)
        if row["type"] != TEST:
            await self._judge(unit, row["webhook_id"], attempt)

    def _outcome(self, row: asyncpg.Record, attempt: Attempt) -> "tuple[DeliveryStatus, Any]":
        """Where the message stands now, and how long it rests until the next attempt, if there is one."""
        if attempt.is_success:
            return DeliveryStatus.SUCCEEDED, None
        is_gone = attempt.answer is not None and attempt.answer.status == GONE
        left = row["tries_left"] - 1
        if left <= 0 or is_gone or row["type"] == TEST:
            return DeliveryStatus.FAILED, None
        pause = pause_before(left, read_pauses(self._services.limits.webhook_retry_seconds))
        return DeliveryStatus.PENDING, max(pause, self._asked(attempt))

    def _asked(self, attempt: Attempt) -> timedelta:
        """How long the target wants to be left alone."""
        answer, most = attempt.answer, self._services.limits.max_webhook_retry_after
        if answer is None:
            return timedelta(0)
        return asked_pause(answer.status, answer.header("retry-after"), datetime.now(UTC), most)

    async def _judge(self, unit: Unit, webhook_id: UUID, attempt: Attempt) -> None:
        """Note whether the webhook works, and disable one that is of no use any more."""
        if attempt.is_success:
            await unit.connection.execute(_WORKS, webhook_id)
            return
        await unit.connection.execute(_FAILS, webhook_id)
        if attempt.answer is not None and attempt.answer.status == GONE:
            await disable_gone(self._services, unit, webhook_id)
        else:
            await disable_long_failing(self._services, unit, webhook_id, attempt.reason or "")

    async def _log(self, unit: Unit, delivery_id: UUID, number: int, attempt: Attempt) -> None:
        answer, most = attempt.answer, self._services.limits.max_webhook_logged_bytes
        took = answer.seconds if answer else (datetime.now(UTC) - attempt.at).total_seconds()
        await unit.connection.execute(
            _ATTEMPT,
            new_id(Kind.WEBHOOK_ATTEMPT),
            delivery_id,
            number,
            attempt.at,
            round(took * 1_000),
            _text({name: _shown(name, value) for name, value in attempt.headers.items()}),
            answer and answer.status,
            _text(dict(answer.headers) if answer else {}),
            answer and answer.text[:most],
            attempt.reason,
        )


def _shown(name: str, value: str) -> str:
    return value if name.lower() in _SHOWN else _HIDDEN


def _text(headers: dict[str, str]) -> str:
    return orjson.dumps(storable(headers)).decode()


def _phrase(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:  # one of the target's own
        return ""
