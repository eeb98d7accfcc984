"""revokeApplicationToken, of one's own; applicationTokens; node"""

import asyncio
from collections.abc import Callable

import asyncpg

from domain.ids import Kind, new_id
from tests.graph.accounts.documents import ME
from tests.graph.application_tokens.documents import LIST, make_token, revoke, tokens_of, with_token
from tests.support.api import Api
from tests.support.statements import StatementLog
from tests.support.tables import make_table

NODE = "query ($id: ID!) { node(id: $id) { id __typename ... on ApplicationToken { prefix } } }"


async def test_its_secret_is_refused_at_once(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    made, other = await make_token(api, ada), await make_token(api, ada)
    assert (await api.execute(ME, headers=with_token(made["secret"]))).codes == []
    id = made["applicationToken"]["id"]

    assert (await revoke(api, ada, id)).ok == {"revokeApplicationToken": {"revokedId": id}}

    assert (await api.execute(ME, headers=with_token(made["secret"]))).codes == ["UNAUTHENTICATED"]
    assert (await api.execute(ME, headers=with_token(other["secret"]))).codes == []
    assert [token["id"] for token in await tokens_of(api, ada)] == [other["applicationToken"]["id"]]
    assert await pg.fetchval("SELECT is_active FROM users WHERE id = $1", ada.id) is True


async def test_that_of_somebody_else_and_unknown_ones_do_not_exist(api: Api, pg: asyncpg.Connection) -> None:
    ada, bob = await api.register(), await api.register()
    id = (await make_token(api, bob))["applicationToken"]["id"]
    unknown = new_id(Kind.APPLICATION_TOKEN)

    for wanted in (id, unknown):
        result = await revoke(api, ada, wanted)
        assert (result.codes, result.data) == (["NOT_FOUND"], None)
        assert result.errors[0]["message"] == f"There is no application token with id {wanted}."
    assert await pg.fetchval("SELECT count(*) FROM application_tokens") == 1
    await revoke(api, bob, id)
    assert (await revoke(api, bob, id)).codes == ["NOT_FOUND"]


async def test_of_two_who_revoke_it_at_once_one_is_told_that_it_is_gone(api: Api) -> None:
    table = await make_table(api)
    for workspace in (None, table.workspace_id):
        made = await make_token(api, table.owner, workspaceId=workspace)
        id = made["applicationToken"]["id"]

        results = await asyncio.gather(*(revoke(api, table.owner, id) for _ in range(4)))

        assert sorted(result.codes for result in results) == [[], *[["NOT_FOUND"]] * 3]


async def test_a_token_is_a_node_for_its_user(api: Api) -> None:
    ada, bob = await api.register(), await api.register()
    token = (await make_token(api, ada))["applicationToken"]

    seen = (await api.execute(NODE, {"id": token["id"]}, as_=ada)).ok["node"]
    assert seen == {"id": token["id"], "__typename": "ApplicationToken", "prefix": token["prefix"]}
    assert (await api.execute(NODE, {"id": token["id"]}, as_=bob)).codes == ["NOT_FOUND"]


async def test_the_list_has_the_oldest_first_and_costs_two_statements(
    api: Api, statements: Callable[[], StatementLog]
) -> None:
    ada, bob = await api.register(), await api.register()
    names = [f"token {number}" for number in range(5)]
    for name in names:
        await make_token(api, ada, name=name)
    await make_token(api, bob)
    await api.execute(LIST, as_=ada)

    with statements() as seen:
        listed = await tokens_of(api, ada)

    assert [token["name"] for token in listed] == names
    assert seen.count == 2  # the tokens, and their users
