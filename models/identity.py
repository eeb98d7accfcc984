"""Accounts at other providers with which users sign in, and sign-ins that are under way."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model, Sealed


class Identity(Model):
    """An account at a provider that belongs to a user. `tokens` are the provider's."""

    __tablename__ = "identities"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str]
    subject: Mapped[str]
    email: Mapped[str | None]
    tokens: Mapped[Sealed]
    created_at: Mapped[CreatedAt]
    last_used_at: Mapped[CreatedAt]

    __table_args__ = (Index("uq_identities_provider_subject", "provider", "subject", unique=True),)


class OAuthRequest(Model):
    """Somebody was sent to a provider, and may come back once with what stands here, until it expires.

    `state_hash` is a SHA-256; nonce and verifier are `sealed`. `user_id` is who wants to link an account, NULL where
    somebody signs in; `browser_hash` is that of a cookie, where the browser came by a route of ours.
    """

    __tablename__ = "oauth_requests"

    state_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    provider: Mapped[str]
    sealed: Mapped[Sealed]
    redirect_uri: Mapped[str]
    return_to: Mapped[str | None]
    browser_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SignInCode(Model):
    """What a browser that came back by a route of ours brings to its page, to be exchanged for tokens, once."""

    __tablename__ = "sign_in_codes"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(index=True)
