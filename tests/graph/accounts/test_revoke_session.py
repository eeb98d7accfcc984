"""revokeSession"""

import asyncpg

from domain.ids import Kind, new_id
from tests.graph.accounts.documents import ME, SESSIONS, login, refresh
from tests.support.api import Api, Person, Result

REVOKE = "mutation ($input: RevokeSessionInput!) { revokeSession(input: $input) { revokedId } }"


async def revoke(api: Api, person: Person, id: object) -> Result:
    """The answer when a person revokes a session."""
    return await api.execute(REVOKE, {"input": {"id": str(id)}}, as_=person)


async def current(api: Api, person: Person) -> str:
    """The id of a person's own session."""
    sessions = (await api.execute(SESSIONS, as_=person)).ok["sessions"]
    [id] = [session["id"] for session in sessions if session["isCurrent"]]
    return id


async def test_another_session_of_ones_own_ends_at_once(api: Api) -> None:
    ada = await api.register()
    other = await login(api, ada)
    id = await current(api, other)

    assert (await revoke(api, ada, id)).ok == {"revokeSession": {"revokedId": id}}

    assert (await api.execute(ME, as_=other)).codes == ["UNAUTHENTICATED"]
    assert (await refresh(api, other.refresh_token)).codes == ["UNAUTHENTICATED"]
    assert (await api.execute(ME, as_=ada)).codes == []


async def test_a_session_of_somebody_else_does_not_exist(api: Api, pg: asyncpg.Connection) -> None:
    ada, bob = await api.register(), await api.register()
    id = await current(api, bob)

    result = await revoke(api, ada, id)

    assert (result.codes, result.data) == (["NOT_FOUND"], None)
    assert result.errors[0]["message"] == f"There is no session with id {id}."
    assert await pg.fetchval("SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL") == 0


async def test_unknown_ended_and_malformed_ids_are_refused(api: Api) -> None:
    ada = await api.register()
    id = await current(api, await login(api, ada))
    await revoke(api, ada, id)

    assert (await revoke(api, ada, id)).codes == ["NOT_FOUND"]
    assert (await revoke(api, ada, new_id(Kind.SESSION))).codes == ["NOT_FOUND"]
    assert (await revoke(api, ada, "x")).codes == ["BAD_REQUEST"]
