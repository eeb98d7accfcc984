"""Links by which everybody who has them reads a view."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model


class ShareLink(Model):
    """A link to a view, of which the database knows the hash of its token alone, and that of its password."""

    __tablename__ = "share_links"

    id: Mapped[Id]
    view_id: Mapped[UUID] = mapped_column(ForeignKey("views.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    password_hash: Mapped[str | None]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime | None]
