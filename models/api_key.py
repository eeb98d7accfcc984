"""API keys: long-lived credentials for programs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Integer, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model


class ApiKey(Model):
    """A key of a user; the secret itself is never stored, only its SHA-256 and the prefix that people recognise."""

    __tablename__ = "api_keys"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    prefix: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    secret_id: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"), unique=True)
    """Names the secret where the secret itself has no business: what was begun with it ends with it."""
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    previous_secret_id: Mapped[UUID | None] = mapped_column(unique=True)
    previous_until: Mapped[datetime | None]
    """Until when the secret before the last rotation works, too."""
    workspace_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    base_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    """What the key reaches; both null for all that its user does."""
    rate_limit_per_minute: Mapped[int | None] = mapped_column(Integer)

    __table_args__ = (
        CheckConstraint("(workspace_ids IS NULL) = (base_ids IS NULL)", name="reach"),
        CheckConstraint("rate_limit_per_minute > 0", name="rate_limit_per_minute"),
    )
