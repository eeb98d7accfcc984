"""Fields that not everybody who may read or write their table may read or write."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, Uuid, column, table
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Model


class FieldPermission(Model):
    """The least roles that read and write a field; they name `domain.access.field_roles` roles, None for no limit.

    It names its field and table without foreign keys: what the log tells of a field that was hidden stays hidden when
    the field is deleted.
    """

    __tablename__ = "field_permissions"

    field_id: Mapped[UUID] = mapped_column(primary_key=True)
    table_id: Mapped[UUID]
    base_id: Mapped[UUID] = mapped_column(ForeignKey("bases.id", ondelete="CASCADE"))
    read_role: Mapped[str | None]
    write_role: Mapped[str | None]
    created_at: Mapped[CreatedAt]

    __table_args__ = (Index("ix_field_permissions_base_id", "base_id"),)


limited_bases = table("limited_bases", column("base_id", Uuid), column("user_id", Uuid))
"""A view: whom roles and rules of single bases concern; `user_id` is null for everybody."""
