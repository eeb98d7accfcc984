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
    last_active_at: Mapped[CreatedAt] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(index=True)


class RefreshToken(Model):
    """A refresh token of a session, stored as its SHA-256. It is used once; a second use revokes the session, but for
    one of the same client shortly after the first.

    `used_by` is a digest of the client that used it; with the token itself and the server's secret, `seed` gives the
    one successor that it has.
    """

    __tablename__ = "refresh_tokens"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    used_by: Mapped[bytes | None] = mapped_column(LargeBinary)
    seed: Mapped[bytes | None] = mapped_column(LargeBinary)
