"""Upkeep of sessions: those that nobody uses end, and those that are over are removed with their refresh tokens.

Of many processes one does the work at a time, in small transactions; the clock is the database's. Nobody waits for it:
rows that are locked are left to the next look.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from adapters.database import AWAY, Database
from adapters.tasks import beside

LOCK: Final = 0x736573  # "ses" in ASCII
"""Key of the advisory lock under which the work is done."""
SECONDS_BETWEEN: Final = 60
"""Between two looks."""
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


class SessionUpkeep:
    """Ends the sessions of one database that nobody has used for `idle_timeout`, and removes, after `retention`, those
    that are over: revoked ones, and ones whose tokens have all expired."""

    def __init__(
        self, database: Database, idle_timeout: timedelta, retention: timedelta, access_token_lifetime: timedelta
    ) -> None:
        self._database = database
        self._idle_timeout = idle_timeout
        self._retention = retention
        self._usable = max(retention, access_token_lifetime)
        """How long after its last use a session that cannot be refreshed may still have an access token."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """See to the sessions every now and then for as long as the block lasts."""
        async with beside(self._go_on()):
            yield

    async def _go_on(self) -> None:
        while True:
            try:
                await self.look()
            except AWAY as error:
                logger.warning("sessions were not seen to: %s", error)
            await asyncio.sleep(SECONDS_BETWEEN)

    async def look(self) -> None:
        """Do all there is to do, unless another process is about it."""
        ended = await self._all(_END_IDLE, MAX_SESSIONS, self._idle_timeout)
        tokens = await self._all(_DROP_EXPIRED, MAX_TOKENS, self._retention)
        tokens += await self._all(_DROP_TOKENS, MAX_TOKENS, self._retention, self._usable)
        sessions = await self._all(_DROP_SESSIONS, MAX_SESSIONS, self._retention, self._usable)
        if ended or tokens or sessions:
            logger.info("%s idle sessions ended; %s sessions, %s refresh tokens removed", ended, sessions, tokens)

    async def _all(self, statement: str, most: int, age: timedelta, *more: timedelta) -> int:
        """Run a statement as often as it changes `most` rows, each time in a transaction; how many it changed."""
        total = 0
        while True:
            changed = await self._some(statement, age, most, *more)
            total += changed
            if changed < most:
                return total

    async def _some(self, statement: str, *arguments: object) -> int:
        async with self._database.transaction() as unit:
            if not await unit.connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", LOCK):
                return 0
            return int((await unit.connection.execute(statement, *arguments)).rpartition(" ")[2])
