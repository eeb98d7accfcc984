"""Policies of records: which of a table's records some roles may read or write."""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model


class RecordPolicy(Model):
    """A policy of a table; `roles` and `applies` are names of `domain.access.policies`, the filter is JSON."""

    __tablename__ = "record_policies"

    id: Mapped[Id]
    base_id: Mapped[UUID] = mapped_column(ForeignKey("bases.id", ondelete="CASCADE"), index=True)
    table_id: Mapped[UUID] = mapped_column(ForeignKey("tables.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    applies: Mapped[str]
    filter: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[CreatedAt]
