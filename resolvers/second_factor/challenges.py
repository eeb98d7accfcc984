"""Challenges: tokens that are good for one answer, within a few minutes."""

from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select

from adapters.database import Unit
from domain.accounts.secrets import digest, new_bare_secret
from domain.errors import Unauthenticated
from models import Challenge
from resolvers.expiry import sweep

LIFETIME: Final = timedelta(minutes=5)


class Purpose(Enum):
    """What a challenge is for; the value is what the database says."""

    SIGN_IN = "sign-in"
    PASSKEY = "passkey"
    NEW_PASSKEY = "new-passkey"


async def new_challenge(unit: Unit, purpose: Purpose, content: bytes, user_id: UUID | None = None) -> str:
    """The token of a new challenge."""
    await sweep(unit, Challenge.token_hash, Challenge.expires_at)
    made = new_bare_secret()
    unit.session.add(
        Challenge(
            token_hash=made.digest,
            purpose=purpose.value,
            user_id=user_id,
            content=content,
            expires_at=datetime.now(UTC) + LIFETIME,
        )
    )
    await unit.session.flush()
    return made.text


async def find_challenge(unit: Unit, purpose: Purpose, token: str) -> Challenge:
    """The challenge with this token, which stays; raises `Unauthenticated` where there is none."""
    found = await unit.session.scalar(select(Challenge).where(*_is(purpose, token)))
    if found is None:
        raise _unknown()
    return found


async def take_challenge(unit: Unit, purpose: Purpose, token: str, *which: ColumnElement[bool]) -> Challenge:
    """The challenge with this token, which is over with that; raises `Unauthenticated` where there is none."""
    statement = delete(Challenge).where(*_is(purpose, token), *which).returning(Challenge)
    taken = await unit.session.scalar(statement.execution_options(synchronize_session=False))
    if taken is None:
        raise _unknown()
    return taken


def _is(purpose: Purpose, token: str) -> list[ColumnElement[bool]]:
    return [
        Challenge.token_hash == digest(token),
        Challenge.purpose == purpose.value,
        Challenge.expires_at > func.now(),
    ]


def _unknown() -> Unauthenticated:
    return Unauthenticated("This challenge has expired, or was answered already; begin anew.")
