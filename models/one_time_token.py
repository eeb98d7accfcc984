"""Tokens that go out by mail and open one thing once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Model


class OneTimeToken(Model):
    """A token, stored as its SHA-256, for one `purpose`: the name of a `domain.accounts.one_time.Purpose`.

    It has ended when it was used, or when a newer one of its purpose was made.
    """

    __tablename__ = "one_time_tokens"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str]
    email: Mapped[str]
    """The address that it was sent to."""
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
