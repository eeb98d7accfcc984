"""Roles of members in single bases, tables and views, and the roles that come of them."""

from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Text, Uuid, column, table
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model


class RoleOverride(Model):
    """The role of a member in a base, or in a table or view of it; `role` names a `domain.access.overrides` role.

    It names its table and view without foreign keys: what the log tells of a table that was hidden stays hidden when
    the table is deleted.
    """

    __tablename__ = "role_overrides"

    id: Mapped[Id]
    workspace_id: Mapped[UUID]
    user_id: Mapped[UUID]
    base_id: Mapped[UUID] = mapped_column(ForeignKey("bases.id", ondelete="CASCADE"))
    table_id: Mapped[UUID | None]
    view_id: Mapped[UUID | None]
    role: Mapped[str]
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "user_id"],
            ["workspace_members.workspace_id", "workspace_members.user_id"],
            ondelete="CASCADE",
        ),
        Index(
            "uq_role_overrides_base_id_user_id_table_id_view_id",
            "base_id",
            "user_id",
            "table_id",
            "view_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_role_overrides_workspace_id_user_id", "workspace_id", "user_id"),
    )


base_members = table(
    "base_members",
    column("workspace_id", Uuid),
    column("base_id", Uuid),
    column("user_id", Uuid),
    column("role", Text),
)
"""A view: the members who may see a base, with their roles there."""
table_members = table(
    "table_members",
    column("workspace_id", Uuid),
    column("base_id", Uuid),
    column("table_id", Uuid),
    column("user_id", Uuid),
    column("role", Text),
)
"""A view: the members who may see a table, with their roles there."""
view_members = table(
    "view_members",
    column("base_id", Uuid),
    column("table_id", Uuid),
    column("view_id", Uuid),
    column("user_id", Uuid),
    column("role", Text),
)
"""A view: the members who may see a view, as far as it is theirs, with their roles there."""
