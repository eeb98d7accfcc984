"""Webhooks: requests to other servers about what happens to the records of a table, and the log of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model, Sealed

_NOTHING = text("'[]'")


class Webhook(Model):
    """Whom to tell what of a table, with the rights of its owner: who made it, or who changed it last.

    The secrets and the values of the headers are sealed. What it says of fields it says by their ids.
    """

    __tablename__ = "webhooks"

    id: Mapped[Id]
    table_id: Mapped[UUID] = mapped_column(ForeignKey("tables.id", ondelete="CASCADE"), index=True)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    name: Mapped[str]
    url: Mapped[str]
    events: Mapped[list[Any]]
    """Types of events of the log, such as `CREATED`."""
    filter: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    field_ids: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Those that it tells of; None for all that its owner sees."""
    header_names: Mapped[list[Any]] = mapped_column(server_default=_NOTHING, default=list)
    sealed_headers: Mapped[Sealed]
    is_batched: Mapped[bool] = mapped_column(server_default="false", default=False)
    batch_size: Mapped[int] = mapped_column(Integer)
    batch_seconds: Mapped[int] = mapped_column(Integer)
    sealed_secret: Mapped[Sealed]
    former_secret: Mapped[Sealed | None]
    """The one before, by which messages are signed too until `former_until`."""
    former_until: Mapped[datetime | None]
    is_enabled: Mapped[bool] = mapped_column(server_default="true", default=True)
    disabled_reason: Mapped[str | None]
    """Why the server has disabled it; None where somebody did."""
    failing_since: Mapped[datetime | None]
    """Since when no delivery has succeeded; None where the last one did."""
    missed_at: Mapped[datetime | None]
    """When the log was found not to reach back any more to what it had not read."""
    created_at: Mapped[CreatedAt]


class WebhookDelivery(Model):
    """One message of a webhook. Its body is what is signed and sent, the same each time.

    `event` is the place in the log of what it tells, of a batch or a test a name of its own. While a batch is `OPEN`,
    its body is the events so far, joined by commas.
    """

    __tablename__ = "webhook_deliveries"

    id: Mapped[Id]
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    event: Mapped[str]
    type: Mapped[str]
    """What the body says of its type, such as `record.created`."""
    body: Mapped[str]
    event_count: Mapped[int] = mapped_column(Integer)
    status: Mapped[str]
    """A value of `domain.webhooks.deliveries.DeliveryStatus`."""
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"), default=0)
    tries_left: Mapped[int] = mapped_column(Integer)
    next_attempt_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        Index("uq_webhook_deliveries_webhook_id_event", "webhook_id", "event", unique=True),
        Index("ix_webhook_deliveries_webhook_id_id", "webhook_id", "id"),
        Index("ix_webhook_deliveries_created_at", "created_at"),
        Index("uq_webhook_deliveries_open", "webhook_id", unique=True, postgresql_where=text("status = 'OPEN'")),
    )


class WebhookAttempt(Model):
    """One try to hand a message over: the request without what is secret in it, and what came back."""

    __tablename__ = "webhook_attempts"

    id: Mapped[Id]
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
    duration_ms: Mapped[int] = mapped_column(Integer)
    request_headers: Mapped[dict[str, Any]]
    status_code: Mapped[int | None] = mapped_column(Integer)
    response_headers: Mapped[dict[str, Any]]
    response_body: Mapped[str | None]
    error: Mapped[str | None]
