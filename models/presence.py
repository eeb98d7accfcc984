"""Presence: which processes serve, which connections they hold, and in which channels those are.

All of it is UNLOGGED: it is written often, means nothing after a crash, and is registered anew by whom it is about.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, func
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Id, Model

_NOW = func.clock_timestamp()


class PresenceProcess(Model):
    """A server process with members; it renews `alive_at` for as long as it has some, by the database's clock."""

    __tablename__ = "presence_processes"

    id: Mapped[Id]
    alive_at: Mapped[datetime] = mapped_column(server_default=_NOW)

    __table_args__ = ({"prefixes": ["UNLOGGED"]},)


class PresenceConnection(Model):
    """A client's connection that is in a channel at least, and the cell that its user has in focus."""

    __tablename__ = "presence_connections"

    id: Mapped[Id]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("presence_processes.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    joined_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    focus_table_id: Mapped[UUID | None]
    focus_view_id: Mapped[UUID | None]
    focus_record_id: Mapped[UUID | None] = mapped_column(index=True)
    focus_field_id: Mapped[UUID | None]

    __table_args__ = ({"prefixes": ["UNLOGGED"]},)


class PresenceMember(Model):
    """A connection in a channel. `cursor` is JSON as it was sent: `jsonb` cannot hold every JSON string."""

    __tablename__ = "presence_members"

    connection_id: Mapped[UUID] = mapped_column(
        ForeignKey("presence_connections.id", ondelete="CASCADE"), primary_key=True
    )
    channel: Mapped[str] = mapped_column(primary_key=True, index=True)
    joined_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    cursor: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))

    __table_args__ = ({"prefixes": ["UNLOGGED"]},)
