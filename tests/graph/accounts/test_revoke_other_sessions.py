"""revokeOtherSessions"""

import asyncpg

from tests.graph.accounts.documents import ME, SESSIONS, login, refresh
from tests.support.api import Api

REVOKE = "mutation { revokeOtherSessions { endedSessions } }"


async def test_all_sessions_but_the_callers_end_at_once(api: Api) -> None:
    ada, bob = await api.register(), await api.register()
    others = [await login(api, ada) for _ in range(3)]

    assert (await api.execute(REVOKE, as_=ada)).ok == {"revokeOtherSessions": {"endedSessions": 3}}

    for other in others:
        assert (await api.execute(ME, as_=other)).codes == ["UNAUTHENTICATED"]
        assert (await refresh(api, other.refresh_token)).codes == ["UNAUTHENTICATED"]
    assert (await api.execute(ME, as_=bob)).codes == []
    sessions = (await api.execute(SESSIONS, as_=ada)).ok["sessions"]
    assert [session["isCurrent"] for session in sessions] == [True]
    assert (await refresh(api, ada.refresh_token)).codes == []


async def test_without_others_nothing_ends(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()

    assert (await api.execute(REVOKE, as_=ada)).ok == {"revokeOtherSessions": {"endedSessions": 0}}
    assert await pg.fetchval("SELECT count(*) FROM sessions WHERE revoked_at IS NULL") == 1


async def test_a_mutation_that_fails_ends_nothing(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    other = await login(api, ada)
    document = """
        mutation {
          revokeOtherSessions { endedSessions }
          revokeSession(input: { id: "x" }) { revokedId }
        }
    """

    assert (await api.execute(document, as_=ada)).codes == ["BAD_REQUEST"]
    assert (await api.execute(ME, as_=other)).codes == []
    assert await pg.fetchval("SELECT count(*) FROM sessions WHERE revoked_at IS NULL") == 2
