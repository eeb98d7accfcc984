"""What proves besides a password who somebody is: codes of an app, recovery codes, passkeys; and proofs under way."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CreatedAt, Id, Model, Sealed


class Authenticator(Model):
    """A user's app that makes codes (RFC 6238). Its secret is sealed; it counts once a code was confirmed."""

    __tablename__ = "authenticators"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[Sealed]
    last_step: Mapped[int] = mapped_column(server_default="0", default=0)
    """Of the last code that was used: neither it nor one before it is good again."""
    created_at: Mapped[CreatedAt]
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Model):
    """A code for who has lost the app, kept as its SHA-256; used once, then it is gone."""

    __tablename__ = "recovery_codes"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)


class SecondFactorFailures(Model):
    """How often somebody was wrong in a row about a user's codes; no row when the last one was right."""

    __tablename__ = "second_factor_failures"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]


class Passkey(Model):
    """A credential of WebAuthn by which its user signs in without a password."""

    __tablename__ = "passkeys"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    created_at: Mapped[CreatedAt]
    last_used_at: Mapped[datetime | None]


class Challenge(Model):
    """Something that must be answered once, until it expires; its token is kept as its SHA-256.

    Of `purpose` `sign-in` the password was right and a code is missing, and `content` is a digest of the password's
    hash; of `passkey` and `new-passkey` it is what the credential has to sign.
    """

    __tablename__ = "challenges"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    purpose: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(index=True)
