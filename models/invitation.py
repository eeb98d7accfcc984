"""Invitations to workspaces, which come by mail."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model


class Invitation(Model):
    """An invitation of an e-mail address to a workspace; of the token in its link there is the SHA-256 alone.

    It is open until `ended_at` or `expires_at`. One that has ended stays for a day, for its making counts against the
    workspace's bound so long.
    """

    __tablename__ = "invitations"

    id: Mapped[Id]
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    email: Mapped[str]
    role: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_invitations_workspace_id_created_at", "workspace_id", "created_at"),
        Index(
            "uq_invitations_workspace_id_email_lower",
            "workspace_id",
            text("lower(email)"),
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
