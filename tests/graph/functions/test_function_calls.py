"""functionCall and functionCalls: one's own; everybody's for those who may see them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.graph.functions.conftest import call, called, read_call
from tests.support.accounts import add_api_key
from tests.support.api import Api, Person
from tests.support.rights import make_holder, make_superuser
from tests.support.statements import StatementLog
from tests.support.tables import make_table

_LIST = """
query ($filter: FunctionCallFilter, $first: Int, $after: String) {
  functionCalls(filter: $filter, first: $first, after: $after) {
    nodes { id }
    edges { cursor }
    pageInfo { hasNextPage endCursor }
  }
}
"""


async def ids(api: Api, as_: Person, **variables: Any) -> list[str]:
    """Ids of the calls that somebody sees."""
    found = (await api.execute(_LIST, variables, as_=as_)).ok["functionCalls"]
    return [node["id"] for node in found["nodes"]]


async def test_everybody_sees_their_own_newest_first(api: Api, greetings: Any) -> None:
    ada, bob = await api.register(), await api.register()
    nobody_s = await called(api, "greet", {"name": "you"})
    first = await called(api, "add", {"left": 1}, as_=ada)
    second = await called(api, "greet", {"name": "Ada"}, as_=ada)

    assert await ids(api, ada) == [second["id"], first["id"]]
    assert await ids(api, bob) == []
    assert (await read_call(api, first["id"], bob)).codes == ["NOT_FOUND"]
    assert (await read_call(api, nobody_s["id"], ada)).codes == ["NOT_FOUND"]
    assert (await api.execute(_LIST)).codes == ["UNAUTHENTICATED"]


async def test_who_may_read_all_sees_all(api: Api, greetings: Any) -> None:
    ada, root = await api.register(), await make_superuser(api)
    reader = await make_holder(api, root, "functions:read")
    made = await called(api, "add", {"left": 1}, as_=ada)

    for person in (root, reader):
        assert await ids(api, person) == [made["id"]]
        assert (await read_call(api, made["id"], person)).ok["functionCall"]["user"] == {"id": str(ada.id)}


async def test_filters_narrow(api: Api, greetings: Any) -> None:
    ada = await api.register()
    add = await called(api, "add", {"left": 1}, as_=ada)
    failed = (await call(api, "fail", as_=ada)).errors[0]["extensions"]["functionCallId"]

    for given, expected in [
        ({"function": "add"}, [add["id"]]),
        ({"statuses": ["FAILED", "RUNNING"]}, [failed]),
        ({"statuses": []}, []),
        ({"userId": str(ada.id)}, [failed, add["id"]]),
        ({"since": add["createdAt"], "until": add["finishedAt"]}, [add["id"]]),
        ({"until": add["createdAt"]}, []),
    ]:
        assert await ids(api, ada, filter=given) == expected, given


async def test_pages_follow_each_other(api: Api, greetings: Any) -> None:
    ada = await api.register()
    made = [(await called(api, "add", {"left": i}, as_=ada))["id"] for i in range(3)]

    first = (await api.execute(_LIST, {"first": 2}, as_=ada)).ok["functionCalls"]
    rest = await ids(api, ada, first=2, after=first["pageInfo"]["endCursor"])

    assert [node["id"] for node in first["nodes"]] == made[:0:-1]
    assert first["pageInfo"]["hasNextPage"] is True
    assert rest == made[:1]


@pytest.mark.parametrize("count", [1, 20])
async def test_a_page_costs_three_statements(
    api: Api, greetings: Any, statements: Callable[[], StatementLog], count: int
) -> None:
    ada = await api.register()
    for i in range(count):
        await called(api, "add", {"left": i}, as_=ada)
    document = "{ functionCalls { nodes { id output user { id } } } }"
    await api.execute(document, as_=ada)

    with statements() as log:
        found = (await api.execute(document, as_=ada)).ok["functionCalls"]["nodes"]

    assert len(found) == count
    assert log.count == 3  # what the caller holds, the calls, their users


async def test_a_limited_key_sees_what_was_called_with_it(api: Api, greetings: Any) -> None:
    ada = await api.register()
    table = await make_table(api, owner=ada)
    reach = {"workspace_ids": [table.workspace_id], "base_ids": []}
    secret = await add_api_key(api.services.database, ada.id, **reach)
    mine = await called(api, "add", {"left": 1}, as_=ada)
    by_key = await called(api, "add", {"left": 1}, headers={"X-API-Key": secret})

    found = (await api.execute(_LIST, headers={"X-API-Key": secret})).ok["functionCalls"]["nodes"]

    assert by_key["apiKeyId"] is not None
    assert found == [{"id": by_key["id"]}]
    assert await ids(api, ada) == [by_key["id"], mine["id"]]
