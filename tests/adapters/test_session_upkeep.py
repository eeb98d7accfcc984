"""Sessions that nobody uses end; those that are over are removed with their refresh tokens. One process does it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from adapters import session_upkeep
from adapters.database import Database
from adapters.session_upkeep import LOCK, SessionUpkeep
from tests.support.accounts import add_session, add_user
from tests.support.statements import StatementLog
from tests.support.waiting import eventually

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
TOKEN = """
INSERT INTO refresh_tokens (token_hash, session_id, expires_at, used_at)
VALUES (sha256(random()::text::bytea), $1, now() + $2::interval, CASE WHEN $3 THEN now() END)
"""


def upkeep(database: Database, idle: timedelta = 30 * DAY, retention: timedelta = 7 * DAY) -> SessionUpkeep:
    """The upkeep of a server process."""
    return SessionUpkeep(database, idle, retention, QUARTER)


@pytest.fixture
async def user(database: Database) -> UUID:
    """Somebody with sessions."""
    return await add_user(database)


async def session(
    database: Database,
    pg: asyncpg.Connection,
    user: UUID,
    name: str,
    *,
    idle: timedelta = timedelta(0),
    ended: timedelta | None = None,
    left: timedelta = 30 * DAY,
    used: bool = False,
) -> None:
    """A session with a refresh token: so long idle, ended so long ago, and how long the token is good yet."""
    id = await add_session(database, user, device=name)
    await pg.execute(TOKEN, id, left, used)
    await pg.execute(  # last: it may be seen to at once
        "UPDATE sessions SET last_active_at = now() - $2::interval, revoked_at = now() - $3::interval WHERE id = $1",
        *(id, idle, ended),
    )


async def names(pg: asyncpg.Connection, where: str = "true") -> set[str]:
    """Which sessions there are."""
    return {row["device"] for row in await pg.fetch(f"SELECT device FROM sessions WHERE {where}")}


async def test_sessions_that_nobody_has_used_for_long_end(
    database: Database, pg: asyncpg.Connection, user: UUID
) -> None:
    await session(database, pg, user, "used")
    await session(database, pg, user, "just in time", idle=30 * DAY - timedelta(minutes=1))
    await session(database, pg, user, "idle", idle=30 * DAY + timedelta(minutes=1))

    await upkeep(database).look()

    assert await names(pg, "revoked_at IS NULL") == {"used", "just in time"}
    assert await names(pg) == {"used", "just in time", "idle"}


async def test_what_is_over_is_kept_for_the_retention_and_then_removed(
    database: Database, pg: asyncpg.Connection, user: UUID
) -> None:
    within, beyond = 7 * DAY - timedelta(minutes=1), 7 * DAY + timedelta(minutes=1)
    await session(database, pg, user, "live", idle=beyond)
    await session(database, pg, user, "revoked lately", ended=within)
    await session(database, pg, user, "revoked", ended=beyond)
    await session(database, pg, user, "expired lately", idle=within, left=-DAY)
    await session(database, pg, user, "expired", idle=beyond, left=-DAY)
    await session(database, pg, user, "used up", idle=beyond, used=True)

    await upkeep(database).look()

    assert await names(pg) == {"live", "revoked lately", "expired lately"}
    assert await pg.fetchval("SELECT count(*) FROM refresh_tokens") == 3


async def test_expired_refresh_tokens_of_a_live_session_are_removed(
    database: Database, pg: asyncpg.Connection, user: UUID
) -> None:
    await session(database, pg, user, "live")
    id = await pg.fetchval("SELECT id FROM sessions")
    for left in (-8 * DAY, -8 * DAY, -6 * DAY):
        await pg.execute(TOKEN, id, left, True)

    await upkeep(database).look()

    assert await pg.fetchval("SELECT count(*) FROM refresh_tokens") == 2
    assert await names(pg) == {"live"}


async def test_without_a_retention_an_access_token_still_lives_out_its_life(
    database: Database, pg: asyncpg.Connection, user: UUID
) -> None:
    await session(database, pg, user, "has an access token", idle=timedelta(minutes=14), left=-DAY)
    await session(database, pg, user, "has none", idle=timedelta(minutes=16), left=-DAY)

    await upkeep(database, retention=timedelta(0)).look()

    assert await names(pg) == {"has an access token"}


async def test_many_are_done_in_several_transactions(
    database: Database,
    pg: asyncpg.Connection,
    user: UUID,
    monkeypatch: pytest.MonkeyPatch,
    statements: Callable[[], StatementLog],
) -> None:
    monkeypatch.setattr(session_upkeep, "MAX_SESSIONS", 3)
    monkeypatch.setattr(session_upkeep, "MAX_TOKENS", 4)
    for number in range(7):
        await session(database, pg, user, str(number), ended=8 * DAY)

    with statements() as seen:
        await upkeep(database).look()

    assert await names(pg) == set()
    deleted = [text.split(" WHERE")[0] for text in seen.texts if text.startswith("DELETE")]
    assert deleted == [*["DELETE FROM refresh_tokens"] * 3, *["DELETE FROM sessions"] * 3]
    assert seen.transactions.count("COMMIT;") == 7


async def test_while_another_process_is_about_it_nothing_is_done(
    database: Database, pg: asyncpg.Connection, user: UUID
) -> None:
    await session(database, pg, user, "idle", idle=40 * DAY)
    async with pg.transaction():
        await pg.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        await asyncio.wait_for(upkeep(database).look(), 5)
        assert await names(pg, "revoked_at IS NULL") == {"idle"}

    await upkeep(database).look()
    assert await names(pg, "revoked_at IS NULL") == set()


async def test_a_session_that_somebody_holds_is_left_to_the_next_look(
    database: Database, pg: asyncpg.Connection, user: UUID
) -> None:
    await session(database, pg, user, "held", idle=40 * DAY)
    await session(database, pg, user, "idle", idle=40 * DAY)
    async with pg.transaction():
        await pg.execute("SELECT FROM sessions WHERE device = 'held' FOR UPDATE")
        await asyncio.wait_for(upkeep(database).look(), 5)

    assert await names(pg, "revoked_at IS NULL") == {"held"}


async def test_it_goes_on_by_itself_and_survives_a_database_that_is_away(
    database: Database, pg: asyncpg.Connection, user: UUID, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setattr(SessionUpkeep, "seconds_between", 0.02)
    away = Database("postgresql://nobody@/nothing?host=/nowhere")

    async def is_ended() -> bool:
        return await names(pg, "revoked_at IS NULL") == set()

    async with upkeep(away).running():
        await eventually(lambda: "sessions were not seen to" in caplog.text)
    async with upkeep(database).running():
        await session(database, pg, user, "idle", idle=40 * DAY)
        await eventually(is_ended)
    await away.close()
