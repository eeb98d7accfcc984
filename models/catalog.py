"""Bases, their tables and the fields of those: the catalog that describes the users' PostgreSQL tables."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model


class Base(Model):
    """A base; its tables live in the PostgreSQL schema `base_<number>`.

    `schema_version` grows with every change of its tables or fields, so that whatever was compiled from older
    metadata can be recognised.
    """

    __tablename__ = "bases"

    id: Mapped[Id]
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    number: Mapped[int] = mapped_column(Identity(), unique=True)
    name: Mapped[str]
    schema_version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[CreatedAt]


class Table(Model):
    """A table of a base; its records live in the PostgreSQL table `t_<number>` of the base's schema."""

    __tablename__ = "tables"

    id: Mapped[Id]
    base_id: Mapped[UUID] = mapped_column(ForeignKey("bases.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Identity(start=1024, maxvalue=2**32 - 1), unique=True)
    name: Mapped[str]
    description: Mapped[str | None]
    position: Mapped[int] = mapped_column(Integer)
    primary_field_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("fields.id", use_alter=True, deferrable=True, initially="DEFERRED")
    )
    created_at: Mapped[CreatedAt]

    __table_args__ = (Index("uq_tables_base_id_name_lower", "base_id", text("lower(name)"), unique=True),)


class Field(Model):
    """A field of a table; a stored one is the column `f_<number>` of the table."""

    __tablename__ = "fields"

    id: Mapped[Id]
    table_id: Mapped[UUID] = mapped_column(ForeignKey("tables.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Identity(), unique=True)
    name: Mapped[str]
    type: Mapped[str]
    """Key of a type of `domain.fields.registry`, e.g. `single_select`."""
    options: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"), default=dict)
    is_required: Mapped[bool] = mapped_column(server_default="false", default=False)
    is_indexed: Mapped[bool] = mapped_column(server_default="false", default=False)
    default_value: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    description: Mapped[str | None]
    position: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[CreatedAt]

    __table_args__ = (Index("uq_fields_table_id_name_lower", "table_id", text("lower(name)"), unique=True),)
