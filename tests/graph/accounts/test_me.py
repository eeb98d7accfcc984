"""me, and what authentication costs"""

from collections.abc import Callable

import asyncpg

from tests.graph.accounts.documents import ME, make_key, with_key
from tests.support.api import Api
from tests.support.statements import StatementLog

Statements = Callable[[], StatementLog]


async def test_an_anonymous_caller_is_nobody(api: Api, statements: Statements) -> None:
    with statements() as seen:
        result = await api.execute(ME)

    assert (result.status, result.ok) == (200, {"me": None})
    assert seen.count == 0


async def test_a_user_sees_themselves_by_session_and_by_key(api: Api) -> None:
    ada = await api.register("ada@example.com")
    key = await make_key(api, ada)

    expected = {"me": {"id": str(ada.id), "email": "ada@example.com", "name": None}}
    assert (await api.execute(ME, as_=ada)).ok == expected
    assert (await api.execute(ME, headers=with_key(key["secret"]))).ok == expected


async def test_authentication_costs_no_statement_of_its_own(api: Api, statements: Statements) -> None:
    ada = await api.register()
    await api.execute(ME, as_=ada)

    with statements() as seen:
        (await api.execute(ME, as_=ada)).ok  # noqa: B018  # asserts that there is no error
        (await api.execute("{ __typename }", as_=ada)).ok  # noqa: B018  # likewise

    assert seen.count == 1


async def test_a_deleted_user_is_refused(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    await pg.execute("DELETE FROM users")
    api.services.authenticator.forget()

    result = await api.execute(ME, as_=ada)

    assert (result.status, result.codes) == (401, ["UNAUTHENTICATED"])


async def test_both_credentials_at_once_are_a_bad_request(api: Api) -> None:
    ada = await api.register()
    key = await make_key(api, ada)

    result = await api.execute(ME, as_=ada, headers=with_key(key["secret"]))

    assert (result.status, result.codes) == (400, ["BAD_REQUEST"])
