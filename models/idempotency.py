"""Answers of mutations that came with an idempotency key, kept so that a retry gets the first answer."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Model


class IdempotencyKey(Model):
    """A key that a user sent with a mutation; `request_hash` tells a retry from another request with the same key."""

    __tablename__ = "idempotency_keys"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[CreatedAt] = mapped_column(index=True)
