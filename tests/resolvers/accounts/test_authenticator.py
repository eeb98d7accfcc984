"""Whose a credential is, how rarely the database is asked, and how soon a revocation counts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from adapters.database import Database
from adapters.tokens import AccessTokens
from domain.accounts.viewer import ALL_SCOPES, Viewer
from domain.errors import Unauthenticated
from resolvers import authenticator as authenticator_module
from resolvers.authenticator import Authenticator
from tests.support.accounts import add_api_key, add_session, add_user
from tests.support.statements import StatementLog

Statements = Callable[[], StatementLog]
ENDED = "This session has ended; sign in again."
NO_KEY = "The API key is not valid: it is unknown, was deleted or has expired."


class Process:
    """What one server process knows: its own authenticator, and a clock that the test moves."""

    def __init__(self, database: Database) -> None:
        self.now = 1000.0
        self.tokens = AccessTokens("a secret for tests only, 32+ letters")
        self.authenticator = Authenticator(database, self.tokens, clock=lambda: self.now)

    async def session(self, user: UUID, session: UUID) -> Viewer:
        """The viewer of a new access token of a session."""
        return await self.authenticator.by_access_token(self.tokens.issue(user, session).text)


@pytest.fixture
def process(database: Database) -> Process:
    """A server process."""
    return Process(database)


async def revoke(pg: asyncpg.Connection, session: UUID) -> None:
    """End a session as another process does."""
    await pg.execute("UPDATE sessions SET revoked_at = now() WHERE id = $1", session)


async def refusal(asking: Awaitable[Viewer]) -> str:
    """The message with which a credential is refused."""
    with pytest.raises(Unauthenticated) as caught:
        await asking
    return caught.value.message


async def test_a_session_stands_for_its_user_with_all_scopes(process: Process, database: Database) -> None:
    user = await add_user(database)
    session = await add_session(database, user)

    assert await process.session(user, session) == Viewer(
        user, ALL_SCOPES, session_id=session, api_key_id=None, is_superuser=False
    )


async def test_a_superuser_is_told_from_the_account_not_from_the_token(process: Process, database: Database) -> None:
    user = await add_user(database, is_superuser=True)
    session = await add_session(database, user)

    assert (await process.session(user, session)).is_superuser is True


async def test_an_api_key_stands_for_its_user_with_its_scopes(process: Process, database: Database) -> None:
    user = await add_user(database)
    secret = await add_api_key(database, user, scopes=["read"])

    viewer = await process.authenticator.by_api_key(secret)

    assert (viewer.user_id, viewer.scopes, viewer.session_id) == (user, frozenset({"read"}), None)
    assert viewer.api_key_id is not None


async def test_the_database_is_asked_once_a_second(
    process: Process, database: Database, statements: Statements
) -> None:
    user = await add_user(database)
    session = await add_session(database, user)
    secret = await add_api_key(database, user)

    counts = []
    for now in (1000.0, 1000.5, 1000.999, 1001.0, 1001.9):
        process.now = now
        with statements() as seen:
            await process.session(user, session)
            await process.authenticator.by_api_key(secret)
        counts.append(seen.total)

    assert counts == [2, 0, 0, 2, 0]


async def test_many_who_ask_at_once_share_one_statement(
    process: Process, database: Database, statements: Statements
) -> None:
    user = await add_user(database)
    session = await add_session(database, user)

    with statements() as seen:
        viewers = await asyncio.gather(*(process.session(user, session) for _ in range(50)))

    assert seen.total == 1
    assert {viewer.user_id for viewer in viewers} == {user}


async def test_one_who_gives_up_does_not_take_the_answer_from_others(process: Process, database: Database) -> None:
    user = await add_user(database)
    session = await add_session(database, user)
    first, second = (asyncio.create_task(process.session(user, session)) for _ in range(2))
    await asyncio.sleep(0)

    first.cancel()

    assert (await second).user_id == user
    assert first.cancelled()


async def test_a_revocation_elsewhere_counts_after_a_second(
    process: Process, database: Database, pg: asyncpg.Connection
) -> None:
    user = await add_user(database)
    session = await add_session(database, user)
    await process.session(user, session)
    await revoke(pg, session)

    process.now += 0.999
    assert (await process.session(user, session)).user_id == user
    process.now += 0.001
    assert await refusal(process.session(user, session)) == ENDED


async def test_a_revocation_here_counts_at_once(process: Process, database: Database, pg: asyncpg.Connection) -> None:
    user = await add_user(database)
    session = await add_session(database, user)
    await process.session(user, session)
    await revoke(pg, session)

    process.authenticator.forget()

    assert await refusal(process.session(user, session)) == ENDED


async def test_an_answer_from_before_a_revocation_is_not_kept(
    process: Process, database: Database, pg: asyncpg.Connection
) -> None:
    user = await add_user(database)
    session = await add_session(database, user)
    asking = asyncio.create_task(process.session(user, session))
    await asyncio.sleep(0)

    process.authenticator.forget()
    await asking
    await revoke(pg, session)

    assert await refusal(process.session(user, session)) == ENDED


@pytest.mark.parametrize("change", ["UPDATE users SET is_active = false", "DELETE FROM users"])
async def test_a_user_who_may_not_sign_in_is_refused(
    change: str, process: Process, database: Database, pg: asyncpg.Connection
) -> None:
    user = await add_user(database)
    session = await add_session(database, user)
    secret = await add_api_key(database, user)
    await pg.execute(change)

    assert await refusal(process.session(user, session)) == ENDED
    assert await refusal(process.authenticator.by_api_key(secret)) == NO_KEY


async def test_an_expired_key_is_refused(process: Process, database: Database) -> None:
    user = await add_user(database)
    secret = await add_api_key(database, user, expires_at=datetime.now(UTC) - timedelta(seconds=1))

    assert await refusal(process.authenticator.by_api_key(secret)) == NO_KEY


async def test_an_unknown_key_is_refused(process: Process) -> None:
    assert await refusal(process.authenticator.by_api_key("tg_00000000_" + "a" * 43)) == NO_KEY


async def test_what_cannot_be_a_key_costs_no_statement(process: Process, statements: Statements) -> None:
    with statements() as seen:
        assert await refusal(process.authenticator.by_api_key("secret")) == NO_KEY

    assert seen.total == 0


async def test_a_refusal_is_not_remembered(process: Process, database: Database, pg: asyncpg.Connection) -> None:
    user = await add_user(database, is_active=False)
    session = await add_session(database, user)
    assert await refusal(process.session(user, session)) == ENDED

    await pg.execute("UPDATE users SET is_active = true")

    assert (await process.session(user, session)).user_id == user


async def test_use_is_noted_once_a_minute(process: Process, database: Database, pg: asyncpg.Connection) -> None:
    long_ago, just_now = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) - timedelta(seconds=20)
    user = await add_user(database)
    old, recent = [await add_session(database, user, last_active_at=moment) for moment in (long_ago, just_now)]
    uses = {"never": None, "old": long_ago, "recent": just_now}
    keys = [await add_api_key(database, user, name=name, last_used_at=used) for name, used in uses.items()]

    for session in (old, recent):
        await process.session(user, session)
    for key in keys:
        await process.authenticator.by_api_key(key)

    sessions = dict(await pg.fetch("SELECT id, last_active_at FROM sessions"))
    used = dict(await pg.fetch("SELECT name, last_used_at FROM api_keys"))
    assert sessions[old] > just_now
    assert sessions[recent] == just_now
    assert used["never"] > just_now
    assert used["old"] > just_now
    assert used["recent"] == just_now


async def test_a_locked_session_is_not_waited_for(process: Process, database: Database, pg: asyncpg.Connection) -> None:
    user = await add_user(database)
    session = await add_session(database, user, last_active_at=datetime.now(UTC) - timedelta(hours=1))

    async with pg.transaction():
        await pg.execute("SELECT FROM sessions FOR UPDATE")
        viewer = await process.session(user, session)

    assert viewer.user_id == user


async def test_what_is_remembered_is_bounded(
    process: Process, database: Database, statements: Statements, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authenticator_module, "MAX_KNOWN", 2)
    user = await add_user(database)
    sessions = [await add_session(database, user) for _ in range(3)]
    for session in sessions:
        await process.session(user, session)

    counts = []
    for session in reversed(sessions):
        with statements() as seen:
            await process.session(user, session)
        counts.append(seen.total)

    assert counts == [0, 0, 1]
