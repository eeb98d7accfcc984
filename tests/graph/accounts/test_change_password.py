"""changePassword"""

from typing import Any

import asyncpg

from tests.graph.accounts.documents import LOGIN, ME, login, make_key, refresh, with_key
from tests.support.api import PASSWORD, Api, Person, Result

CHANGE = "mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } } }"
NEW = "another long password"


async def change(api: Api, person: Person, current: str, new: str) -> Result:
    """The answer when a person changes the password."""
    return await api.execute(CHANGE, {"input": {"currentPassword": current, "newPassword": new}}, as_=person)


async def codes(api: Api, person: Person, password: str) -> list[str]:
    """The error codes of a sign-in."""
    return (await api.execute(LOGIN, {"input": {"email": person.email, "password": password}})).codes


async def stored(pg: asyncpg.Connection) -> list[Any]:
    """Password hashes and ended sessions."""
    return [
        await pg.fetchval("SELECT password_hash FROM users"),
        await pg.fetchval("SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL"),
    ]


async def test_the_new_password_replaces_the_old_one(api: Api) -> None:
    ada = await api.register()

    assert (await change(api, ada, PASSWORD, NEW)).ok == {"changePassword": {"user": {"id": str(ada.id)}}}

    assert await codes(api, ada, PASSWORD) == ["UNAUTHENTICATED"]
    assert await codes(api, ada, NEW) == []


async def test_other_sessions_end_and_this_one_and_the_keys_stay(api: Api) -> None:
    ada, bob = await api.register(), await api.register()
    other = await login(api, ada)
    key = await make_key(api, ada)

    await change(api, ada, PASSWORD, NEW)

    assert (await api.execute(ME, as_=other)).codes == ["UNAUTHENTICATED"]
    assert (await refresh(api, other.refresh_token)).codes == ["UNAUTHENTICATED"]
    assert (await api.execute(ME, as_=ada)).codes == []
    assert (await refresh(api, ada.refresh_token)).codes == []
    assert (await api.execute(ME, as_=bob)).codes == []
    assert (await api.execute(ME, headers=with_key(key["secret"]))).codes == []


async def test_the_current_password_must_be_right(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    before = await stored(pg)

    result = await change(api, ada, "wrong password", NEW)

    assert (result.codes, result.data) == (["VALIDATION_ERROR"], None)
    [error] = result.errors[0]["extensions"]["errors"]
    assert (error["loc"], error["msg"]) == (["currentPassword"], "The current password is wrong.")
    assert await stored(pg) == before


async def test_the_new_password_must_be_allowed(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    before = await stored(pg)

    for new in ("short", ada.email, "x" * 1025):
        result = await change(api, ada, PASSWORD, new)
        assert (result.codes, result.errors[0]["extensions"]["field"]) == (["VALIDATION_ERROR"], "newPassword")
    assert await stored(pg) == before


async def test_of_two_changes_with_one_password_one_holds(api: Api) -> None:
    ada = await api.register()
    document = """
        mutation ($a: ChangePasswordInput!, $b: ChangePasswordInput!) {
          a: changePassword(input: $a) { user { id } }
          b: changePassword(input: $b) { user { id } }
        }
    """
    a, b = ({"currentPassword": PASSWORD, "newPassword": new} for new in (NEW, NEW + "!"))

    assert (await api.execute(document, {"a": a, "b": b}, as_=ada)).codes == ["VALIDATION_ERROR"]
    assert await codes(api, ada, PASSWORD) == []
