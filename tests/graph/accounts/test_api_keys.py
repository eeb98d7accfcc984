"""apiKeys"""

from collections.abc import Callable

import asyncpg

from tests.graph.accounts.documents import API_KEYS, make_key
from tests.support.api import Api
from tests.support.statements import StatementLog


async def test_ones_own_keys_are_listed_oldest_first_expired_ones_too(
    api: Api, pg: asyncpg.Connection, statements: Callable[[], StatementLog]
) -> None:
    ada, bob = await api.register(), await api.register()
    for person, name in ((ada, "first"), (bob, "other"), (ada, "second")):
        await make_key(api, person, name=name)
    await pg.execute("UPDATE api_keys SET expires_at = now() - interval '1 day' WHERE name = 'first'")

    with statements() as seen:
        keys = (await api.execute(API_KEYS, as_=ada)).ok["apiKeys"]

    assert [key["name"] for key in keys] == ["first", "second"]
    assert all("secret" not in key for key in keys)
    assert seen.count == 1
