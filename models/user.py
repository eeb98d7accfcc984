"""Accounts: the people and programs that can sign in."""

from datetime import datetime

from sqlalchemy import Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model


class User(Model):
    """An account. The e-mail address is unique without regard to case."""

    __tablename__ = "users"

    id: Mapped[Id]
    email: Mapped[str]
    name: Mapped[str | None]
    password_hash: Mapped[str | None]
    is_verified: Mapped[bool] = mapped_column(server_default="false", default=False)
    is_active: Mapped[bool] = mapped_column(server_default="true", default=True)
    is_superuser: Mapped[bool] = mapped_column(server_default="false", default=False)
    is_staff: Mapped[bool] = mapped_column(server_default="false", default=False)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    __table_args__ = (Index("uq_users_email_lower", text("lower(email)"), unique=True),)
