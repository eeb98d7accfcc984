"""The audit log: who did what to accounts, rights and memberships; rows are added and never changed."""

from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model


class AuditEntry(Model):
    """One action. `action` holds the name of a `domain.audit.actions.AuditAction`.

    Nothing here refers to other tables: an entry outlives what it tells of. A trigger refuses every UPDATE, DELETE and
    TRUNCATE but that of `adapters.audit_upkeep`. The id is time-ordered, so it gives the order of the log.
    """

    __tablename__ = "audit_entries"

    id: Mapped[Id]
    at: Mapped[CreatedAt] = mapped_column(index=True)
    action: Mapped[str]
    actor_id: Mapped[UUID | None]
    api_key_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    subject_id: Mapped[UUID | None]
    workspace_id: Mapped[UUID | None]
    ip_address: Mapped[str | None]
    user_agent: Mapped[str | None]
    details: Mapped[dict[str, Any]]

    __table_args__ = (
        Index("ix_audit_entries_action_id", "action", "id"),
        Index("ix_audit_entries_actor_id_id", "actor_id", "id"),
        Index("ix_audit_entries_subject_id_id", "subject_id", "id"),
        Index("ix_audit_entries_workspace_id_id", "workspace_id", "id"),
    )
