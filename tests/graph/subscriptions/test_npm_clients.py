"""The clients that people use, unchanged, from npm: each gets events, errors and its end over what it speaks."""

from typing import Any

import pytest

from resolvers.services import Services
from server.settings import Settings
from tests.graph.subscriptions.test_expiry import with_token_of
from tests.support.clients import running
from tests.support.records import Records
from tests.support.sockets import served
from tests.support.tables import MadeTable

TRANSPORTS = [
    pytest.param("graphql-ws.mjs", "socket", id="graphql-ws"),
    pytest.param("graphql-sse.mjs", "sse", id="graphql-sse"),
    pytest.param("urql.mjs", "sse", id="urql-sse"),
    pytest.param("urql.mjs", "multipart", id="urql-multipart"),
    pytest.param("urql.mjs", "socket", id="urql-graphql-ws"),
    pytest.param("apollo.mjs", "multipart", id="apollo-multipart"),
    pytest.param("apollo.mjs", "socket", id="apollo-graphql-ws"),
]


async def now(records: Records) -> str:
    """The cursor of this moment."""
    return (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]


def given(address: str, table: MadeTable, after: str, count: int) -> dict[str, Any]:
    """What every client is told."""
    urls = {"url": f"http://{address}/graphql", "socket": f"ws://{address}/graphql"}
    return {**urls, "token": table.owner.access_token, "table": table.id, "after": after, "count": count}


@pytest.mark.parametrize(("script", "over"), TRANSPORTS)
async def test_a_client_gets_answers_errors_and_events(
    script: str, over: str, address: str, records: Records, table: MadeTable
) -> None:
    cursor = await now(records)
    for name in ("a", "b"):
        await records.create({"Name": name})
    async with running(script, over=over, **given(address, table, cursor, 3)) as client:
        lines = [await client.line()]
        while lines[-1] != {"name": "b"}:
            lines.append(await client.line())
            assert lines[-1] is not None
        await records.create({"Name": "c"})
        lines += await client.rest()
    assert {"me": {"email": table.owner.email}} in lines
    assert [line["name"] for line in lines if "name" in line] == ["a", "b", "c"]
    assert [line["codes"] for line in lines if "codes" in line] == [["BAD_REQUEST"]]
    assert lines[-2 if "closed" in lines[-1] else -1] == "complete"


async def test_graphql_ws_goes_on_when_the_server_was_restarted(
    settings: Settings, services: Services, records: Records, table: MadeTable
) -> None:
    cursor = await now(records)
    async with served(settings, services) as address:
        port = int(address.rpartition(":")[2])
        client = running("graphql-ws.mjs", **given(address, table, cursor, 4))
        process = await client.__aenter__()
        await records.create({"Name": "before"})
        lines = [await process.line()]
        while lines[-1] != {"name": "before"}:
            lines.append(await process.line())
            assert lines[-1] is not None
    for name in ("meanwhile", "while nobody listens"):
        await records.create({"Name": name})
    async with served(settings, services, port=port):
        while lines[-1] != {"name": "while nobody listens"}:
            lines.append(await process.line())
            assert lines[-1] is not None
        await records.create({"Name": "after"})
        lines += await process.rest()
        await client.__aexit__(None, None, None)
    names = ["before", "meanwhile", "while nobody listens", "after"]
    assert [line["name"] for line in lines if "name" in line] == names
    assert next(line["closed"] for line in lines if "closed" in line) == 1012


async def test_graphql_ws_comes_back_with_a_fresh_token(
    services: Services, address: str, records: Records, table: MadeTable
) -> None:
    brief = with_token_of(table.owner, services, 5).access_token
    tokens = [brief, table.owner.access_token]
    cursor = await now(records)
    async with running("graphql-ws.mjs", tokens=tokens, **given(address, table, cursor, 2)) as client:
        await records.create({"Name": "before"})
        lines = [await client.line()]
        while "closed" not in lines[-1] or lines[-1]["closed"] != 4403:
            lines.append(await client.line())
            assert lines[-1] is not None
        await records.create({"Name": "after"})
        lines += await client.rest()
    assert [line["name"] for line in lines if "name" in line] == ["before", "after"]
    assert {"closed": 4403, "reason": "Forbidden: the access token has expired"} in lines
