"""Calls of functions that extensions bring."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model, Sealed


class FunctionCall(Model):
    """A call, with what went in and what came out as JSON texts: PostgreSQL's own type takes no NUL.

    A text that is longer than the server keeps is left out. What a queued call was given is sealed, until it has run.
    """

    __tablename__ = "function_calls"

    id: Mapped[Id]
    function: Mapped[str]
    extension: Mapped[str]
    mode: Mapped[str]
    status: Mapped[str]
    depth: Mapped[int] = mapped_column(Integer)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    api_key_id: Mapped[UUID | None]
    scopes: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    input: Mapped[str | None]
    output: Mapped[str | None]
    error: Mapped[str | None]
    sealed_arguments: Mapped[Sealed | None]
    created_at: Mapped[CreatedAt]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_function_calls_user_id_id", "user_id", "id"),
        Index("ix_function_calls_created_at", "created_at"),
        Index("ix_function_calls_waiting", "user_id", postgresql_where=text("status = 'queued'")),
        Index("ix_function_calls_given_up_at", "given_up_at", postgresql_where=text("finished_at IS NULL")),
    )
