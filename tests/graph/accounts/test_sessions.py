"""sessions"""

from collections.abc import Callable

import asyncpg

from resolvers.sessions import MAX_LISTED
from tests.graph.accounts.documents import SESSIONS, login
from tests.support.accounts import add_session
from tests.support.api import Api
from tests.support.statements import StatementLog


async def test_ones_own_live_sessions_are_listed_most_recently_active_first(api: Api, pg: asyncpg.Connection) -> None:
    ada, _ = await api.register(), await api.register()
    phone = await login(api, ada, device="Phone")
    ended = await login(api, ada)
    await api.execute("mutation { logout { endedSessions } }", as_=ended)
    await pg.execute("UPDATE sessions SET last_active_at = now() + interval '1 minute' WHERE device = 'Phone'")

    sessions = (await api.execute(SESSIONS, as_=ada, headers={"User-Agent": "other"})).ok["sessions"]

    assert [(session["device"], session["isCurrent"]) for session in sessions] == [("Phone", False), (None, True)]
    assert all(session["userAgent"].startswith("python-httpx/") for session in sessions)
    assert {session["ipAddress"] for session in sessions} == {"127.0.0.1"}
    by_phone = (await api.execute(SESSIONS, as_=phone)).ok["sessions"]
    assert [session["isCurrent"] for session in by_phone] == [True, False]


async def test_a_session_that_cannot_be_refreshed_is_not_listed(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    await login(api, ada, device="Old")
    await pg.execute(
        "UPDATE refresh_tokens SET expires_at = now() FROM sessions WHERE session_id = sessions.id AND device = 'Old'"
    )

    sessions = (await api.execute(SESSIONS, as_=ada)).ok["sessions"]

    assert [session["device"] for session in sessions] == [None]


async def test_the_list_is_bounded_and_one_statement(
    api: Api, pg: asyncpg.Connection, statements: Callable[[], StatementLog]
) -> None:
    ada = await api.register()
    for _ in range(MAX_LISTED):
        await add_session(api.services.database, ada.id)
    await pg.execute(
        "INSERT INTO refresh_tokens (token_hash, session_id, expires_at) "
        "SELECT sha256(id::text::bytea), id, now() + interval '1 day' FROM sessions"
    )
    await api.execute(SESSIONS, as_=ada)

    with statements() as seen:
        sessions = (await api.execute(SESSIONS, as_=ada)).ok["sessions"]

    assert len(sessions) == MAX_LISTED
    assert seen.count == 1
