"""What the clock sets off."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model


class Schedule(Model):
    """When something is due; whoever fires it holds its row, so that one process does."""

    __tablename__ = "schedules"

    id: Mapped[Id]
    kind: Mapped[str]
    """What is set off: a name of `resolvers.schedules`, e.g. `automation`."""
    target_id: Mapped[UUID]
    spec: Mapped[dict[str, Any]]
    """What the kind needs to know to make a `domain.schedules` schedule of it."""
    policy: Mapped[str]
    """A value of `domain.schedules.missed.MissedRuns`."""
    is_enabled: Mapped[bool] = mapped_column(server_default="true", default=True)
    seen_at: Mapped[CreatedAt]
    """Up to when all that was due has been dealt with."""
    next_run_at: Mapped[datetime | None]
    """None when it is over."""
    last_run_at: Mapped[datetime | None]
    error: Mapped[str | None]
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        UniqueConstraint("kind", "target_id"),
        Index("ix_schedules_next_run_at", "next_run_at", postgresql_where=text("is_enabled")),
    )
