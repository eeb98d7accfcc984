"""Sessions of signed-in users, and the refresh tokens that prolong them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model


class Session(Model):
    """One sign-in on one device; revoking it ends its access and refresh tokens."""

    __tablename__ = "sessions"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    device: Mapped[str | None]
    ip_address: Mapped[str | None]
    user_agent: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    last_active_at: Mapped[CreatedAt]
    revoked_at: Mapped[datetime | None]


class RefreshToken(Model):
    """A refresh token of a session, stored as its SHA-256; used once, a second use revokes the session."""

    __tablename__ = "refresh_tokens"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
