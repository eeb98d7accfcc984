"""Views: ways to look at the records of a table."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model

_NOTHING = text("'[]'")


class View(Model):
    """A view of a table. What it says of fields it says by their ids, so renaming one changes nothing here."""

    __tablename__ = "views"

    id: Mapped[Id]
    table_id: Mapped[UUID] = mapped_column(ForeignKey("tables.id", ondelete="CASCADE"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    """Whose personal view it is; None for one that all members see."""
    name: Mapped[str]
    type: Mapped[str]
    """Key of a type of `domain.views.registry`, e.g. `kanban`."""
    config: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"), default=dict)
    filter: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    order_by: Mapped[list[Any]] = mapped_column(server_default=_NOTHING, default=list)
    field_ids: Mapped[list[Any]] = mapped_column(server_default=_NOTHING, default=list)
    """The fields that come first, in this order."""
    hidden_field_ids: Mapped[list[Any]] = mapped_column(server_default=_NOTHING, default=list)
    color_rules: Mapped[list[Any]] = mapped_column(server_default=_NOTHING, default=list)
    is_locked: Mapped[bool] = mapped_column(server_default="false", default=False)
    is_indexed: Mapped[bool] = mapped_column(server_default="false", default=False)
    """Whether it wants the index that serves its filter and order."""
    index_number: Mapped[int | None] = mapped_column(ForeignKey("view_indexes.number", ondelete="SET NULL"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        Index(
            "uq_views_table_id_owner_id_name_lower",
            "table_id",
            "owner_id",
            text("lower(name)"),
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )
