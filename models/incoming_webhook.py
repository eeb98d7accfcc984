"""Incoming webhooks: addresses at which other servers bring in records, and the log of what came."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model, Sealed

_NOTHING = text("'[]'")


class IncomingWebhook(Model):
    """An address that takes requests, and what becomes of them, with the rights of its owner.

    The database knows the hash of the token alone. `mappings` are objects `{path, fieldId}`; with `merge_field_ids`
    a record that agrees with the request in these fields is changed instead of a new one made.
    """

    __tablename__ = "incoming_webhooks"

    id: Mapped[Id]
    table_id: Mapped[UUID] = mapped_column(ForeignKey("tables.id", ondelete="CASCADE"), index=True)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    name: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    mappings: Mapped[list[Any]] = mapped_column(server_default=_NOTHING, default=list)
    merge_field_ids: Mapped[list[Any]] = mapped_column(server_default=_NOTHING, default=list)
    sealed_secret: Mapped[Sealed | None]
    """Requests must be signed by it; None where they need not be."""
    is_enabled: Mapped[bool] = mapped_column(server_default="true", default=True)
    created_at: Mapped[CreatedAt]


class IncomingRequest(Model):
    """A request that came to an incoming webhook, and how it was answered.

    Those that were taken hold their idempotency key, if they had one: the same request with it gets the same answer.
    """

    __tablename__ = "incoming_requests"

    id: Mapped[Id]
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("incoming_webhooks.id", ondelete="CASCADE"))
    key: Mapped[str | None]
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    content_type: Mapped[str]
    body: Mapped[str]
    """Its first bytes as text."""
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    record_id: Mapped[UUID | None]
    code: Mapped[str | None]
    """Of the error, where it was refused."""
    message: Mapped[str | None]
    received_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        Index("uq_incoming_requests_webhook_id_key", "webhook_id", "key", unique=True),
        Index("ix_incoming_requests_webhook_id_id", "webhook_id", "id"),
        Index("ix_incoming_requests_received_at", "received_at"),
    )
