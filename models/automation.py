"""Automations: what sets them off, and what they then do."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model


class Automation(Model):
    """An automation of a table. Configs name fields by their ids, so renaming one changes nothing here."""

    __tablename__ = "automations"

    id: Mapped[Id]
    base_id: Mapped[UUID] = mapped_column(ForeignKey("bases.id", ondelete="CASCADE"), index=True)
    table_id: Mapped[UUID] = mapped_column(ForeignKey("tables.id", ondelete="CASCADE"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    """By whose rights it runs; None when the account is gone: then it rests until somebody takes it over."""
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    name: Mapped[str]
    description: Mapped[str | None]
    trigger_type: Mapped[str]
    """Key of a trigger of `domain.automations.registry`, e.g. `record_created`."""
    trigger_config: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"), default=dict)
    is_enabled: Mapped[bool] = mapped_column(server_default="true", default=True)
    is_paused: Mapped[bool] = mapped_column(server_default="false", default=False)
    """Paused ones are set off by nothing; events of the meantime are passed over."""
    error: Mapped[str | None]
    """Why it could not be set off the last time, in words; None when all is well."""
    position: Mapped[int]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]

    __table_args__ = (
        Index("ix_automations_table_id_position", "table_id", "position"),
        Index("ix_automations_table_id_trigger_type", "table_id", "trigger_type"),
    )


class AutomationAction(Model):
    """One step of an automation. The actions inside a conditional or a loop lie in its config."""

    __tablename__ = "automation_actions"

    id: Mapped[Id]
    automation_id: Mapped[UUID] = mapped_column(ForeignKey("automations.id", ondelete="CASCADE"))
    position: Mapped[int]
    """From 0, without gaps."""
    type: Mapped[str]
    """Key of an action of `domain.automations.registry`, e.g. `send_email`."""
    config: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"), default=dict)

    __table_args__ = (UniqueConstraint("automation_id", "position", deferrable=True, initially="DEFERRED"),)
