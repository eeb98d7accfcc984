"""Unique constraints of fields."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model


class UniqueConstraint(Model):
    """That no two records have the same value in a field. Behind an active one is the index `f_<number>_unique`."""

    __tablename__ = "unique_constraints"

    id: Mapped[Id]
    table_id: Mapped[UUID] = mapped_column(ForeignKey("tables.id", ondelete="CASCADE"), index=True)
    field_id: Mapped[UUID] = mapped_column(ForeignKey("fields.id", ondelete="CASCADE"), unique=True)
    case_sensitive: Mapped[bool]
    error_message: Mapped[str | None]
    status: Mapped[str]
    """A value of `domain.bases.constraints.ConstraintStatus`."""
    problem: Mapped[str | None]
    """Why a pending one was not made, in words; None while it is still to be made."""
    offending: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"), default=list)
    """Objects of `value`, `records` (how many have it) and `ids` (of the first of those)."""
    created_at: Mapped[CreatedAt]
