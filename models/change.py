"""The change log: one row for each record that a mutation created, updated or deleted."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from models.base import CreatedAt, Model


class Xid8(UserDefinedType[str]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


class Change(Model):
    """A change of one record, written in the transaction that made it.

    `before` and `after` hold the values of the fields that changed, by column name (`f_7`); `operation` is
    `C`, `U` or `D`. What is new since a snapshot is found by `xid`, never by `seq`: numbers commit out of order.
    """

    __tablename__ = "changes"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    xid: Mapped[str] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))
    base_id: Mapped[UUID]
    table_id: Mapped[UUID]
    record_id: Mapped[UUID]
    operation: Mapped[str]
    actor_id: Mapped[UUID | None]
    mutation_id: Mapped[UUID | None]
    before: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    at: Mapped[CreatedAt]

    __table_args__ = (Index("ix_changes_xid", "xid"),)
