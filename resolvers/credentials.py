"""Credentials of further kinds, as the authenticator takes them: each can ask whose it is."""

import time
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

import asyncpg

from adapters.database import Connection, Database
from adapters.token_backends import NamedBackend
from domain.accounts.emails import email_or_none
from domain.accounts.token_backends import Identity
from domain.accounts.viewer import ALL_SCOPES, Viewer
from domain.errors import Unauthenticated

# It also notes the use of the token, at most once a minute, and never waits for a row's lock.
_APPLICATION: Final = """
WITH noted AS (
    UPDATE application_tokens SET last_used_at = now() WHERE id = (
        SELECT id FROM application_tokens
        WHERE secret_hash = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
        FOR NO KEY UPDATE SKIP LOCKED
    )
)
SELECT u.id, u.is_superuser, u.is_verified, t.id AS token_id, t.scopes
FROM application_tokens t JOIN users u ON u.id = t.user_id
WHERE t.secret_hash = $1 AND (t.expires_at IS NULL OR t.expires_at > now()) AND u.is_active
"""
_BY_ID: Final = "SELECT id, is_superuser, is_verified FROM users WHERE id = $1 AND is_active"
_BY_EMAIL: Final = "SELECT id, is_superuser, is_verified FROM users WHERE lower(email) = lower($1) AND is_active"


@dataclass(frozen=True, slots=True)
class ApplicationCredential:
    """The digest of an application token."""

    digest: bytes

    async def find(self, database: Database) -> Viewer:
        """The account that the token acts for; raises `Unauthenticated`."""
        async with database.unit() as unit:
            row = await unit.connection.fetchrow(_APPLICATION, self.digest)
        if row is None:
            raise no_such_token()
        scopes = frozenset(row["scopes"])
        return replace(_viewer(row, scopes), application_token_id=row["token_id"])


@dataclass(frozen=True, slots=True)
class InternalCredential:
    """What an internal token has stated, whose signature was verified; its user's account has the last word."""

    user_id: UUID
    service: str
    scopes: frozenset[str]

    async def find(self, database: Database) -> Viewer:
        """The user, unless the account is gone; raises `Unauthenticated`."""
        async with database.unit() as unit:
            row = await unit.connection.fetchrow(_BY_ID, self.user_id)
        if row is None:
            raise no_such_token()
        return replace(_viewer(row, self.scopes), service=self.service)


@dataclass(frozen=True, slots=True)
class BackendCredential:
    """A token of another package's kind; one is told from others by its backend and its digest."""

    backend: NamedBackend = field(compare=False)
    name: str
    digest: bytes
    text: str = field(compare=False, repr=False)

    async def find(self, database: Database) -> Viewer:
        """The account that the backend names; raises `Unauthenticated`, or `Unavailable` where the backend fails."""
        identity = await self.backend.identify(self.text)
        if identity is None:
            raise no_such_token()
        async with database.unit() as unit:
            return await _viewer_of(unit.connection, identity, self.name)


async def _viewer_of(connection: Connection, identity: Identity, name: str) -> Viewer:
    email = None if identity.email is None else email_or_none(identity.email)
    row = None
    if identity.user_id is not None:
        row = await connection.fetchrow(_BY_ID, identity.user_id)
    elif email is not None:
        row = await connection.fetchrow(_BY_EMAIL, email)
    if row is None:
        raise no_such_token()
    end = None if identity.expires_at is None else identity.expires_at.timestamp()
    if end is not None and end <= time.time():
        raise no_such_token()
    scopes = identity.scopes & ALL_SCOPES
    return replace(_viewer(row, scopes), service=name, expires_at=end)


def _viewer(row: asyncpg.Record, scopes: frozenset[str]) -> Viewer:
    return Viewer(row["id"], scopes, is_superuser=row["is_superuser"], is_verified=row["is_verified"])


def no_such_token() -> Unauthenticated:
    """The error for a token that is nobody's; it does not say why."""
    return Unauthenticated("The token is not valid: it is unknown, was revoked or has expired.")
