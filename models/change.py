"""The change log: one row for each record, table, field or base that was created, updated or deleted."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Sequence, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from models.base import CreatedAt, Model


class Xid8(UserDefinedType[str]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


_NUMBERS = Sequence("changes_seq", metadata=Model.metadata)


class Change(Model):
    """A change, written in the transaction that made it; the log is partitioned by `at`.

    `kind` is `record`, or what `subject_id` names: `base`, `table` or `field`; `operation` is `C`, `U` or `D`.
    `after` holds the whole row after the change, and `before` that of a deletion; of an update it holds the columns
    that differ, as they were. Links are part of both, as ids, but not those that an update leaves alone.

    What is new since a snapshot is found by `xid`, never by `seq`: numbers commit out of order. Nothing in the database
    makes `seq` unique but the sequence that it comes from: an index of its own would cost every write, for reads that
    nobody makes. Of one record, or of one table's deletions, it gives the order.
    """

    __tablename__ = "changes"

    seq: Mapped[int] = mapped_column(BigInteger, _NUMBERS, server_default=_NUMBERS.next_value(), primary_key=True)
    xid: Mapped[str] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))
    kind: Mapped[str] = mapped_column(server_default="record")
    base_id: Mapped[UUID]
    table_id: Mapped[UUID | None]
    record_id: Mapped[UUID | None]
    subject_id: Mapped[UUID | None]
    operation: Mapped[str]
    actor_id: Mapped[UUID | None]
    mutation_id: Mapped[UUID | None]
    before: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    at: Mapped[CreatedAt]

    __table_args__ = (
        Index("ix_changes_xid", "xid"),
        Index("ix_changes_table_id_xid", "table_id", "xid", postgresql_where=text("kind = 'record'")),
        Index("ix_changes_base_id_xid", "base_id", "xid", postgresql_where=text("kind <> 'record'")),
        Index("ix_changes_record_id_seq", "record_id", "seq", postgresql_where=text("kind = 'record'")),
        Index("ix_changes_mutation_id", "mutation_id"),
        Index(
            "ix_changes_table_id_seq",
            "table_id",
            "seq",
            postgresql_where=text("kind = 'record' AND operation = 'D'"),
        ),
        {"postgresql_partition_by": "RANGE (at)"},
    )


class ChangeHorizon(Model):
    """The highest transaction of all changes that were dropped from the log; no row before the first are."""

    __tablename__ = "change_horizon"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Always 1."""
    xid: Mapped[str] = mapped_column(Xid8)
