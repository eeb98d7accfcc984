"""Runs of automations, and their steps."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model


class AutomationRun(Model):
    """One run. An event sets an automation off once, for `event_key` names it: a cursor, a moment, a submission.

    It keeps what set it off, and the actions as they were then. `claim` counts up with each worker that takes it: one
    that has lost it to another can write no more.
    """

    __tablename__ = "automation_runs"

    id: Mapped[Id]
    automation_id: Mapped[UUID] = mapped_column(ForeignKey("automations.id", ondelete="CASCADE"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    """By whose rights it runs."""
    event_key: Mapped[str]
    trigger: Mapped[dict[str, Any]]
    """What set it off, as templates see it."""
    actions: Mapped[list[Any]]
    """`{"id", "type", "config"}` of each, in their order."""
    status: Mapped[str] = mapped_column(server_default="QUEUED", default="QUEUED")
    """A value of `domain.automations.runs.RunStatus`."""
    depth: Mapped[int] = mapped_column(Integer, server_default="1", default=1)
    """1 where a person or the clock began; one more than the run whose step made the change."""
    caused_by: Mapped[UUID | None] = mapped_column(ForeignKey("automation_runs.id", ondelete="SET NULL"), index=True)
    retry_of: Mapped[UUID | None] = mapped_column(ForeignKey("automation_runs.id", ondelete="SET NULL"), index=True)
    is_test: Mapped[bool] = mapped_column(server_default="false", default=False)
    error: Mapped[str | None]
    error_code: Mapped[str | None]
    claim: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    created_at: Mapped[CreatedAt]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("automation_id", "event_key"),
        Index("ix_automation_runs_automation_id_id", "automation_id", "id"),
        Index("ix_automation_runs_created_at", "created_at"),
    )


class AutomationRunStep(Model):
    """What one step of a run did. `path` says which: "1", or "2.then.0" for one inside of the second action."""

    __tablename__ = "automation_run_steps"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("automation_runs.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    """In the order in which they began, from 0."""
    action_id: Mapped[UUID | None]
    """The action at the top; it may be gone by now."""
    type: Mapped[str]
    status: Mapped[str]
    """A value of `domain.automations.runs.RunStatus`."""
    input: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    output: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    error: Mapped[str | None]
    mutation_id: Mapped[UUID | None]
    """Under which the change log has what it wrote: so a run knows which run's step has set it off."""
    attempt: Mapped[int] = mapped_column(Integer, server_default="1", default=1)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_automation_run_steps_mutation_id", "mutation_id", postgresql_where=text("mutation_id IS NOT NULL")),
    )


class AutomationPace(Model):
    """How fast the automations of a base are set off: runs beyond the rate wait until their turn comes."""

    __tablename__ = "automation_paces"

    base_id: Mapped[UUID] = mapped_column(ForeignKey("bases.id", ondelete="CASCADE"), primary_key=True)
    taken_until: Mapped[datetime]
    """If each run took its share of a minute, the last one would end then."""
