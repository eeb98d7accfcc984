"""Who reads the change log by itself, behind a place that it remembers: automations and webhooks."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model


class LogFollower(Model):
    """A follower of one table's records; its id is that of the automation or webhook that it reads for.

    `cursor` is an event cursor; it moves in the transaction that writes down what comes of the events before it, and so
    each of them counts once. `tables` are those whose changes may concern the records, as of `schema_version`;
    `seen_at` is when the cursor moved. One that fails rests until `rests_until`, longer each time; `error` says why.
    """

    __tablename__ = "log_followers"

    id: Mapped[Id]
    kind: Mapped[str]
    base_id: Mapped[UUID] = mapped_column(ForeignKey("bases.id", ondelete="CASCADE"))
    table_id: Mapped[UUID] = mapped_column(ForeignKey("tables.id", ondelete="CASCADE"))
    cursor: Mapped[str]
    tables: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    seen_at: Mapped[CreatedAt]
    schema_version: Mapped[int | None] = mapped_column(BigInteger)
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    rests_until: Mapped[datetime | None]
    error: Mapped[str | None]

    __table_args__ = (
        Index("ix_log_followers_base_id", "base_id"),
        Index("ix_log_followers_table_id", "table_id"),
        Index("ix_log_followers_tables", "tables", postgresql_using="gin"),
    )
