"""Permissions on the server that clients added, and who was given which."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model


class CustomPermission(Model):
    """A permission that a client added to those of `domain.access.permissions`."""

    __tablename__ = "custom_permissions"

    code: Mapped[str] = mapped_column(primary_key=True)
    description: Mapped[str | None]
    created_at: Mapped[CreatedAt]


class PermissionGrant(Model):
    """A permission that a user, a group or a role, one of the three, was given; `permission` holds its code."""

    __tablename__ = "permission_grants"

    id: Mapped[Id]
    permission: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    role_id: Mapped[UUID | None] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        CheckConstraint("num_nonnulls(user_id, group_id, role_id) = 1", name="one_holder"),
        UniqueConstraint("permission", "user_id", "group_id", "role_id", postgresql_nulls_not_distinct=True),
    )
