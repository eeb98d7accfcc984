"""Published forms, and the keys with which they were submitted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Model


class PublishedForm(Model):
    """A view that takes records from everybody who has its token.

    The token is kept as it is, since those who may change views must be able to see the link again: it opens nothing
    but this form. It stands in a table of its own because the log tells all members what is in `views`.
    """

    __tablename__ = "published_forms"

    view_id: Mapped[UUID] = mapped_column(ForeignKey("views.id", ondelete="CASCADE"), primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class FormSubmission(Model):
    """A key that came with a submission of a form; `request_hash` tells a retry from another submission."""

    __tablename__ = "form_submissions"

    view_id: Mapped[UUID] = mapped_column(ForeignKey("views.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[CreatedAt]

    __table_args__ = (Index("ix_form_submissions_view_id_created_at", "view_id", "created_at"),)
