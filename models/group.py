"""Groups of users, which are given permissions and roles together."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model


class Group(Model):
    """A group. Names are unique without regard to case."""

    __tablename__ = "groups"

    id: Mapped[Id]
    name: Mapped[str]
    description: Mapped[str | None]
    created_at: Mapped[CreatedAt]

    __table_args__ = (Index("uq_groups_name_lower", text("lower(name)"), unique=True),)


class GroupMember(Model):
    """A user in a group."""

    __tablename__ = "group_members"

    group_id: Mapped[UUID] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    created_at: Mapped[CreatedAt]
