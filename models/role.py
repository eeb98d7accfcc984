"""Roles on the server: named sets of permissions, which users and groups are given."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model


class Role(Model):
    """A role; its permissions are `PermissionGrant`s. Names are unique without regard to case."""

    __tablename__ = "roles"

    id: Mapped[Id]
    name: Mapped[str]
    description: Mapped[str | None]
    created_at: Mapped[CreatedAt]

    __table_args__ = (Index("uq_roles_name_lower", text("lower(name)"), unique=True),)


class RoleGrant(Model):
    """A role that a user or a group, one of the two, was given."""

    __tablename__ = "role_grants"

    id: Mapped[Id]
    role_id: Mapped[UUID] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        CheckConstraint("num_nonnulls(user_id, group_id) = 1", name="one_holder"),
        UniqueConstraint("role_id", "user_id", "group_id", postgresql_nulls_not_distinct=True),
    )
