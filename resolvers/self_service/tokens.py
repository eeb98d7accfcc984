"""Tokens that go out by mail: made for an account and a purpose, used once, or not at all."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from adapters.database import Connection, Unit
from domain.accounts.one_time import Purpose, one_time_digest
from domain.accounts.secrets import new_bare_secret
from domain.errors import NotFound, RateLimited
from models import User

# The rows of the last hour stay, to be counted; older ones that nobody can use are cleared away here.
_MAKE: Final = """
WITH cleared AS (
    DELETE FROM one_time_tokens WHERE user_id = $1 AND created_at < now() - interval '1 hour'
       AND (expires_at < now() OR ended_at IS NOT NULL)
), ended AS (
    UPDATE one_time_tokens SET ended_at = now() WHERE user_id = $1 AND purpose = $2 AND ended_at IS NULL
       AND (expires_at >= now() OR created_at >= now() - interval '1 hour')
)
INSERT INTO one_time_tokens (token_hash, user_id, purpose, email, expires_at)
VALUES ($3, $1, $2, $4, now() + $5)
"""
_OWNER: Final = """
SELECT user_id, email FROM one_time_tokens
 WHERE token_hash = $1 AND purpose = $2 AND ended_at IS NULL AND expires_at > now()
"""
_USE: Final = """
UPDATE one_time_tokens SET ended_at = now()
 WHERE token_hash = $1 AND purpose = $2 AND ended_at IS NULL AND expires_at > now() RETURNING email
"""
_END: Final = "UPDATE one_time_tokens SET ended_at = now() WHERE user_id = $1 AND ended_at IS NULL"
_RECENT: Final = """
SELECT count(*), ceil(extract(epoch FROM min(created_at) + interval '1 hour' - now()))::int
  FROM one_time_tokens WHERE user_id = $1 AND created_at > now() - interval '1 hour'
"""


@dataclass(frozen=True, slots=True)
class Used:
    """What a token opened: the account, locked, and the address that the token was sent to."""

    user: User
    email: str


async def make_token(unit: Unit, user: User, purpose: Purpose, lifetime: timedelta, *, email: str | None = None) -> str:
    """A new token for an account, which must be locked or new; older ones of the purpose end.

    `email` is where it is sent to when that is not the account's address.
    """
    made = new_bare_secret()
    arguments = (user.id, purpose.value, made.digest, email or user.email, lifetime)
    await unit.connection.execute(_MAKE, *arguments)
    return made.text


async def peek(connection: Connection, text: str, purpose: Purpose) -> UUID:
    """Whose the token is, without using it; raises `NotFound` for one that cannot be used."""
    digest = one_time_digest(text)
    found = None if digest is None else await connection.fetchval(_OWNER, digest, purpose.value)
    if not isinstance(found, UUID):
        raise _no_such_token()
    return found


async def use_token(unit: Unit, text: str, purpose: Purpose, *, is_active: bool = True) -> Used:
    """Use a token up; of two who try at once one does. Raises `NotFound` for one that is unknown, used or too old.

    The account is locked before the token, as it is when a new token is made: so the two never wait for each other.
    """
    user_id = await peek(unit.connection, text, purpose)
    user = await lock_user(unit, user_id)
    email = await unit.connection.fetchval(_USE, one_time_digest(text), purpose.value)
    if email is None or user is None or user.is_active != is_active:
        raise _no_such_token()
    return Used(user, email)


async def lock_user(unit: Unit, user_id: UUID) -> User | None:
    """The account as it is now, locked until the transaction ends."""
    statement = select(User).where(User.id == user_id).with_for_update(key_share=True)
    return await unit.session.scalar(statement.execution_options(populate_existing=True))


async def lock_addressee(unit: Unit, email: str, most: int) -> User | None:
    """The active account of an address, locked; None when nobody has it, or `most` mails were sent within an hour.

    For what is done behind an answer, which nobody hears of.
    """
    statement = select(User).where(func.lower(User.email) == func.lower(email), User.is_active)
    user = await unit.session.scalar(statement.with_for_update(key_share=True))
    if user is None or (await _recent(unit, user.id))[0] >= most:
        return None
    return user


async def end_tokens(unit: Unit, user_id: UUID) -> None:
    """End every token of an account: what was mailed before opens nothing any more."""
    await unit.connection.execute(_END, user_id)


async def require_room(unit: Unit, user_id: UUID, most: int) -> None:
    """Raise `RateLimited` when so many tokens were made for an account, which must be locked, within an hour."""
    count, seconds = await _recent(unit, user_id)
    if count >= most:
        message = f"An account is sent at most {most} mails with a link in an hour; try again in {seconds} s."
        raise RateLimited(message, retryAfter=seconds)


async def _recent(unit: Unit, user_id: UUID) -> tuple[int, int]:
    """How many tokens were made within the last hour, and in how many seconds the first of them will not be of it."""
    row = await unit.connection.fetchrow(_RECENT, user_id)
    assert row is not None  # an aggregate has one row
    return row[0], row[1]


def _no_such_token() -> NotFound:
    return NotFound("This link is not valid, or no longer: it works once, and not for long. Ask for a new one.")
