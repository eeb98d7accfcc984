"""The indexes that views have asked for."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Model


class ViewIndex(Model):
    """An index of a table's records, `v_<number>`; all views of the table that need the same one refer to it.

    One that no view refers to is dropped by whoever builds them, see `resolvers.views.index_building`.
    """

    __tablename__ = "view_indexes"

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    table_id: Mapped[UUID] = mapped_column(ForeignKey("tables.id", ondelete="CASCADE"))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """That of `columns`."""
    columns: Mapped[list[Any]]
    """What it is on, as SQL."""
    status: Mapped[str]
    """A value of `domain.views.indexes.IndexStatus`, or `DROPPING`."""
    problem: Mapped[str | None]
    """Why it could not be built, in words."""
    created_at: Mapped[CreatedAt]

    __table_args__ = (UniqueConstraint("table_id", "digest"),)
