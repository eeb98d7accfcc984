"""Tells whose a credential is, nearly always without asking the database."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

import asyncpg

from adapters.database import UNREACHABLE, Connection, Database
from adapters.tokens import AccessTokens
from domain.accounts.reach import Reach
from domain.accounts.secrets import api_key_digest
from domain.accounts.viewer import Viewer
from domain.errors import Unauthenticated, Unavailable

FRESH_SECONDS: Final = 1.0
"""How long an answer of the database counts, and so how late another process may learn of a revocation."""
MAX_KNOWN: Final = 10_000
SECONDS_TO_ASK: Final = 5.0
"""How long it may take; a database that does not answer by then is refused for, as everything that is asked then."""

# Both statements also note the use of the credential, at most once a minute, and never wait for a row's lock.
_SESSION = """
WITH noted AS (
    UPDATE sessions SET last_active_at = now() WHERE id = (
        SELECT id FROM sessions
        WHERE id = $1 AND revoked_at IS NULL AND last_active_at < now() - interval '1 minute'
        FOR NO KEY UPDATE SKIP LOCKED
    )
)
SELECT u.id, u.is_superuser, u.is_verified
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.id = $1 AND s.revoked_at IS NULL AND u.is_active
"""
_API_KEY = """
WITH noted AS (
    UPDATE api_keys SET last_used_at = now() WHERE id = (
        SELECT id FROM api_keys
        WHERE (secret_hash = $1 OR previous_hash = $1)
          AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
        FOR NO KEY UPDATE SKIP LOCKED
    )
)
SELECT u.id, u.is_superuser, u.is_verified, k.id AS api_key_id, k.scopes, k.workspace_ids, k.base_ids,
       k.rate_limit_per_minute,
       CASE WHEN k.secret_hash = $1 THEN k.secret_id ELSE k.previous_secret_id END AS secret_id
FROM api_keys k JOIN users u ON u.id = k.user_id
WHERE (k.secret_hash = $1 OR (k.previous_hash = $1 AND k.previous_until > now()))
  AND (k.expires_at IS NULL OR k.expires_at > now()) AND u.is_active
"""


class Credential(Protocol):
    """A credential of another kind, which can be told from others (it is the key under which its viewer is known)."""

    def __hash__(self) -> int:
        """See `object.__hash__`."""

    async def find(self, database: Database) -> Viewer:
        """Whose it is now; raises `Unauthenticated`."""


Key = UUID | bytes | Credential
"""A session's id, the digest of an API key, or a credential of another kind."""


@dataclass(frozen=True, slots=True)
class _Known:
    viewer: Viewer
    fresh_until: float


class Authenticator:
    """The viewer of an access token, an API key or a credential of another kind.

    A token's signature is verified here; that its session, or the key, still lives and that the user is active is
    asked of the database at most once a second for each of them, however many requests come in.
    """

    def __init__(self, database: Database, tokens: AccessTokens, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._tokens = tokens
        self._clock = clock
        self._known: OrderedDict[Key, _Known] = OrderedDict()
        self._asking: dict[Key, asyncio.Task[Viewer]] = {}

    async def by_access_token(self, text: str) -> Viewer:
        """The user of an access token; raises `Unauthenticated` when it, its session or its user is no longer good."""
        return await self._viewer(self._tokens.read(text).session_id)

    async def by_api_key(self, text: str) -> Viewer:
        """The user of an API key, with its scopes; raises `Unauthenticated` for one that is unknown or has expired."""
        digest = api_key_digest(text)
        if digest is None:
            raise _no_such_key()
        return await self._viewer(digest)

    async def by_credential(self, credential: Credential) -> Viewer:
        """The user of a credential of another kind; raises as its `find` does."""
        return await self._viewer(credential)

    def forget(self) -> None:
        """Ask the database anew from now on; called after whatever ends a session, a key or an account."""
        self._known.clear()
        self._asking.clear()

    async def _viewer(self, key: Key) -> Viewer:
        known = self._known.get(key)
        if known is not None and self._clock() < known.fresh_until:
            return known.viewer
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.create_task(self._ask(key))
        return await asyncio.shield(asking)  # others wait for the same answer: one who gives up may not cancel it

    async def _ask(self, key: Key) -> Viewer:
        try:
            asked_at = self._clock()
            viewer = await self._find(key)
            if self._is_wanted(key):
                self._keep(key, _Known(viewer, asked_at + FRESH_SECONDS))
            return viewer
        finally:
            if self._is_wanted(key):
                del self._asking[key]

    async def _find(self, key: Key) -> Viewer:
        try:
            async with asyncio.timeout(SECONDS_TO_ASK):
                return await _find(self._database, key)
        except TimeoutError as error:
            raise Unavailable(UNREACHABLE) from error

    def _is_wanted(self, key: Key) -> bool:
        """Whether nothing was forgotten since the running task began to ask."""
        return self._asking.get(key) is asyncio.current_task()

    def _keep(self, key: Key, known: _Known) -> None:
        self._known.pop(key, None)
        self._known[key] = known
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)


async def _find(database: Database, key: Key) -> Viewer:
    if not isinstance(key, UUID | bytes):
        return await key.find(database)
    async with database.unit() as unit:
        return await _find_stored(unit.connection, key)


async def _find_stored(connection: Connection, key: UUID | bytes) -> Viewer:
    if isinstance(key, UUID):
        row = await connection.fetchrow(_SESSION, key)
        if row is None:
            raise Unauthenticated("This session has ended; sign in again.")
        return Viewer(row["id"], session_id=key, is_superuser=row["is_superuser"], is_verified=row["is_verified"])
    row = await connection.fetchrow(_API_KEY, key)
    if row is None:
        raise _no_such_key()
    return _key_viewer(row)


def _key_viewer(row: asyncpg.Record) -> Viewer:
    limited = row["base_ids"] is not None
    return Viewer(
        row["id"],
        frozenset(row["scopes"]),
        api_key_id=row["api_key_id"],
        is_superuser=row["is_superuser"],
        is_verified=row["is_verified"],
        secret_id=row["secret_id"],
        reach=Reach(frozenset(row["workspace_ids"]), frozenset(row["base_ids"])) if limited else None,
        requests_per_minute=row["rate_limit_per_minute"],
    )


def _no_such_key() -> Unauthenticated:
    return Unauthenticated("The API key is not valid: it is unknown, was deleted or has expired.")
