"""Schedules that users make, of functions and of automations."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model, Sealed


class Timer(Model):
    """What a user has the clock set off, with the rights of the user: a function, or an automation.

    When it is due next stands in `schedules`, under the kind `timer`. What a function is given is sealed: it may hold
    secrets.
    """

    __tablename__ = "timers"

    id: Mapped[Id]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    function: Mapped[str | None]
    sealed_arguments: Mapped[Sealed | None]
    automation_id: Mapped[UUID | None] = mapped_column(ForeignKey("automations.id", ondelete="CASCADE"), index=True)
    rule: Mapped[dict[str, Any]]
    """As `domain.schedules.rules.Rule` writes it."""
    missed_runs: Mapped[str]
    is_enabled: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    created_at: Mapped[CreatedAt]

    __table_args__ = (Index("ix_timers_owner_id_id", "owner_id", "id"),)
