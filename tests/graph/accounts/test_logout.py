"""logout"""

import asyncpg

from tests.graph.accounts.documents import ME, login, make_key, refresh, with_key
from tests.support.api import Api

LOGOUT = "mutation { logout { endedSessions } }"
LOGOUT_ALL = "mutation { logout(input: { allSessions: true }) { endedSessions } }"


async def test_logout_ends_the_session_and_its_tokens_at_once(api: Api) -> None:
    ada = await api.register()
    other = await login(api, ada)

    assert (await api.execute(LOGOUT, as_=ada)).ok == {"logout": {"endedSessions": 1}}

    refused = await api.execute(ME, as_=ada)
    assert (refused.status, refused.codes) == (401, ["UNAUTHENTICATED"])
    assert refused.errors[0]["message"] == "This session has ended; sign in again."
    assert (await refresh(api, ada.refresh_token)).codes == ["UNAUTHENTICATED"]
    assert (await api.execute(ME, as_=other)).codes == []


async def test_logout_of_all_sessions_spares_other_users_and_api_keys(api: Api) -> None:
    ada, bob = await api.register(), await api.register()
    other = await login(api, ada)
    key = await make_key(api, ada)

    assert (await api.execute(LOGOUT_ALL, as_=ada)).ok == {"logout": {"endedSessions": 2}}

    for person in (ada, other):
        assert (await api.execute(ME, as_=person)).codes == ["UNAUTHENTICATED"]
        assert (await refresh(api, person.refresh_token)).codes == ["UNAUTHENTICATED"]
    assert (await api.execute(ME, as_=bob)).codes == []
    assert (await api.execute(ME, headers=with_key(key["secret"]))).codes == []


async def test_logging_out_twice_ends_one_session(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    document = "mutation { a: logout { endedSessions } b: logout { endedSessions } }"

    result = await api.execute(document, as_=ada)

    assert result.ok == {"a": {"endedSessions": 1}, "b": {"endedSessions": 0}}
    assert await pg.fetchval("SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL") == 1


async def test_a_logout_that_is_rolled_back_ends_nothing(api: Api) -> None:
    ada = await api.register()
    document = 'mutation { logout { endedSessions } createApiKey(input: { name: "" }) { secret } }'

    assert (await api.execute(document, as_=ada)).codes == ["VALIDATION_ERROR"]
    assert (await api.execute(ME, as_=ada)).codes == []
