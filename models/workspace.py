"""Workspaces and who is a member of them in which role."""

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model


class Workspace(Model):
    """What a team owns together: bases and members."""

    __tablename__ = "workspaces"

    id: Mapped[Id]
    name: Mapped[str]
    created_at: Mapped[CreatedAt]


class WorkspaceMember(Model):
    """A user's role in a workspace; `role` holds the name of a `domain.access.roles.WorkspaceRole`."""

    __tablename__ = "workspace_members"

    id: Mapped[Id]
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    created_at: Mapped[CreatedAt]

    __table_args__ = (UniqueConstraint("workspace_id", "user_id"),)
