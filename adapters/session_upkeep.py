"""Upkeep of sessions: those that nobody uses end, and those that are over are removed with their refresh tokens.

Of many processes one does the work at a time, in small transactions; the clock is the database's. Nobody waits for it:
rows that are locked are left to the next look.
"""

import logging
from datetime import timedelta
from typing import Final

from adapters.database import Database
from adapters.upkeep import Upkeep, count_of

LOCK: Final = 0x736573  # "ses" in ASCII
"""Key of the advisory lock under which the work is done."""
MAX_TOKENS: Final = 1_000
MAX_SESSIONS: Final = 100
"""Rows that one transaction changes; those of a session's refresh tokens are gone before."""

_END_IDLE: Final = """
UPDATE sessions SET revoked_at = now() WHERE id IN (
    SELECT id FROM sessions WHERE revoked_at IS NULL AND last_active_at < now() - $1::interval
     LIMIT $2 FOR UPDATE SKIP LOCKED)
"""
_IS_OVER: Final = """
(s.revoked_at < now() - $1::interval OR s.last_active_at < now() - $3::interval AND NOT EXISTS (
    SELECT FROM refresh_tokens u WHERE u.session_id = s.id AND u.used_at IS NULL AND u.expires_at > now()))
"""
_DROP_EXPIRED: Final = """
DELETE FROM refresh_tokens WHERE token_hash IN (
    SELECT token_hash FROM refresh_tokens WHERE expires_at < now() - $1::interval LIMIT $2 FOR UPDATE SKIP LOCKED)
"""
_DROP_TOKENS: Final = f"""
DELETE FROM refresh_tokens WHERE token_hash IN (
    SELECT t.token_hash FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE {_IS_OVER}
     LIMIT $2 FOR UPDATE OF t SKIP LOCKED)
"""  # noqa: S608  # built of constants
_DROP_SESSIONS: Final = f"""
DELETE FROM sessions WHERE id IN (
    SELECT s.id FROM sessions s WHERE {_IS_OVER} LIMIT $2 FOR UPDATE OF s SKIP LOCKED)
"""  # noqa: S608  # likewise

logger = logging.getLogger(__name__)


class SessionUpkeep(Upkeep):
    """Ends the sessions of one database that nobody has used for `idle_timeout`, and removes, after `retention`, those
    that are over: revoked ones, and ones whose tokens have all expired."""

    of_what = "sessions"
    seconds_between = 60

    def __init__(
        self, database: Database, idle_timeout: timedelta, retention: timedelta, access_token_lifetime: timedelta
    ) -> None:
        super().__init__(database)
        self._idle_timeout = idle_timeout
        self._retention = retention
        self._usable = max(retention, access_token_lifetime)
        """How long after its last use a session that cannot be refreshed may still have an access token."""

    async def look(self) -> None:
        """Do all there is to do, unless another process is about it."""
        age, usable = self._retention, self._usable
        ended = await self._all(_END_IDLE, MAX_SESSIONS, self._idle_timeout, MAX_SESSIONS)
        tokens = await self._all(_DROP_EXPIRED, MAX_TOKENS, age, MAX_TOKENS)
        tokens += await self._all(_DROP_TOKENS, MAX_TOKENS, age, MAX_TOKENS, usable)
        sessions = await self._all(_DROP_SESSIONS, MAX_SESSIONS, age, MAX_SESSIONS, usable)
        if ended or tokens or sessions:
            logger.info("%s idle sessions ended; %s sessions, %s refresh tokens removed", ended, sessions, tokens)

    async def _some(self, statement: str, *arguments: object) -> int:
        async with self._database.transaction() as unit:
            if not await unit.connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", LOCK):
                return 0
            return count_of(await unit.connection.execute(statement, *arguments))
