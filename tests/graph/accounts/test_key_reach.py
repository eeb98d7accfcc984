"""What a limited API key reaches, and how that is changed; what it does not is in tests/authorization."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from resolvers.services import Services
from server.settings import Settings
from tests.graph.accounts.documents import CREATE_KEY, make_key
from tests.graph.accounts.keys import key_for_base, key_of
from tests.graph.accounts.test_update_api_key import update
from tests.graph.presence.conftest import PRESENCE
from tests.graph.subscriptions.conftest import EVENTS, until_followed
from tests.support.api import Api
from tests.support.catalog import add_member
from tests.support.sockets import opened, served
from tests.support.tables import MadeTable, create_records, make_base, make_table, make_workspace

NAME = [{"name": "Name", "type": "TEXT"}]
REACH = """
    mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { apiKey { workspaceIds baseIds } } }
"""
RECORDS = "query ($id: ID!) { records(tableId: $id) { nodes { id fields } } }"
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
WORKSPACES = "{ workspaces { id } }"


async def siblings(api: Api) -> tuple[MadeTable, MadeTable]:
    """A table, and one in another base of the same workspace."""
    table = await make_table(api, NAME)
    base = await make_base(api, table.owner, table.workspace_id, "Other")
    document = "mutation ($i: CreateTableInput!) { createTable(input: $i) { table { id } } }"
    given = {"i": {"baseId": base, "name": "Parts", "fields": NAME}}
    made = (await api.execute(document, given, as_=table.owner)).ok["createTable"]["table"]
    return table, MadeTable(table.owner, table.workspace_id, base, UUID(made["id"]), {})


async def test_a_key_of_a_base_does_in_it_what_its_user_may(api: Api) -> None:
    table, other = await siblings(api)
    [id] = await create_records(api, table, [{"Name": "Bolt"}])
    key = await key_for_base(api, table)

    read = (await key.run(RECORDS, {"id": table.id})).ok["records"]["nodes"]
    assert read == [{"id": id, "fields": {"Name": "Bolt"}}]
    given = {"tableId": table.id, "field": {"name": "N", "type": "TEXT"}}
    made = await key.mutate("createField", "field { name }", given)
    assert made.ok["createField"]["field"]["name"] == "N"
    written = await key.mutate("updateRecord", "record { fields }", {"id": id, "fields": {"N": "n"}})
    assert written.ok["updateRecord"]["record"]["fields"] == {"Name": "Bolt", "N": "n"}
    assert (await key.run(RECORDS, {"id": other.id})).codes == ["NOT_FOUND"]
    assert (await key.run("query ($id: ID!) { base(id: $id) { tables { id } } }", {"id": table.base_id})).ok == {
        "base": {"tables": [{"id": str(table.id)}]}
    }


async def test_the_workspace_of_its_base_stays_hidden(api: Api) -> None:
    table, _ = await siblings(api)
    key = await key_for_base(api, table)
    assert (await key.run(WORKSPACES)).ok == {"workspaces": []}
    for id in (table.workspace_id, (await make_workspace(api, table.owner))):
        assert (await key.run(NODE, {"id": id})).codes == ["NOT_FOUND"]
    inside = await key.run("query ($id: ID!) { base(id: $id) { workspace { name } } }", {"id": table.base_id})
    assert (inside.codes, inside.data) == (["NOT_FOUND"], {"base": None})
    assert (await key.mutate("createBase", "base { id }", {"workspaceId": table.workspace_id, "name": "B"})).codes == [
        "NOT_FOUND"
    ]


async def test_a_key_of_a_workspace_has_its_bases_those_made_later_too(api: Api) -> None:
    table = await make_table(api, NAME)
    elsewhere = await make_table(api, NAME, owner=table.owner)
    key = await key_of(api, table.owner, workspaceIds=[table.workspace_id])
    base = await make_base(api, table.owner, table.workspace_id)

    assert (await key.run(WORKSPACES)).ok == {"workspaces": [{"id": str(table.workspace_id)}]}
    for id in (table.id, table.base_id, base):
        assert (await key.run(NODE, {"id": id})).codes == []
    for id in (elsewhere.id, elsewhere.base_id, elsewhere.workspace_id):
        assert (await key.run(NODE, {"id": id})).codes == ["NOT_FOUND"]
    made = await key.mutate("createBase", "base { id }", {"workspaceId": table.workspace_id, "name": "B"})
    assert made.codes == []


async def test_a_key_of_both_has_both(api: Api) -> None:
    first, second, third = [await make_table(api, NAME) for _ in range(3)]
    owner = first.owner
    for table in (second, third):
        await add_member(api, table.owner, table.workspace_id, owner, "EDITOR")
    key = await key_of(api, owner, workspaceIds=[first.workspace_id], baseIds=[second.base_id])
    codes = [(await key.run(RECORDS, {"id": table.id})).codes for table in (first, second, third)]
    assert codes == [[], [], ["NOT_FOUND"]]


async def test_people_show_where_something_is_within_reach(api: Api) -> None:
    table = await make_table(api, NAME)
    elsewhere = await make_table(api, NAME, owner=table.owner)
    near, far = await api.register(), await api.register()
    await add_member(api, table.owner, table.workspace_id, near, "VIEWER")
    await add_member(api, table.owner, elsewhere.workspace_id, far, "VIEWER")
    keys = [await key_for_base(api, table), await key_of(api, table.owner, workspaceIds=[table.workspace_id])]
    for key in keys:
        assert (await key.run(NODE, {"id": near.id})).codes == []
        assert (await key.run(NODE, {"id": far.id})).codes == ["NOT_FOUND"]


async def test_a_call_over_several_bases_needs_all_of_them(api: Api) -> None:
    table, other = await siblings(api)
    key = await key_for_base(api, table)
    operations = [{"create": {"tableId": each.id, "records": [{"fields": {"Name": "a"}}]}} for each in (table, other)]

    refused = await key.mutate("transact", "mutationId", {"operations": operations})
    assert (refused.codes, refused.data) == (["NOT_FOUND"], None)
    assert (await api.execute(RECORDS, {"id": table.id}, as_=table.owner)).ok["records"]["nodes"] == []
    assert (await key.mutate("transact", "mutationId", {"operations": operations[:1]})).codes == []


async def test_what_a_retry_answers_is_within_reach_too(api: Api) -> None:
    table, other = await siblings(api)
    given = {"tableId": other.id, "fields": {"Name": "a"}, "idempotencyKey": "once"}
    unlimited, key = await key_of(api, table.owner), await key_for_base(api, table)
    assert (await unlimited.mutate("createRecord", "record { fields }", given)).codes == []
    assert (await key.mutate("createRecord", "record { fields }", given)).codes == ["NOT_FOUND"]


async def test_a_key_stays_behind_its_user(api: Api, pg: asyncpg.Connection) -> None:
    table = await make_table(api, NAME)
    key = await key_for_base(api, table)
    await pg.execute("UPDATE workspace_members SET role = 'VIEWER' WHERE user_id = $1", table.owner.id)
    given = {"tableId": table.id, "fields": {"Name": "a"}}
    assert (await key.mutate("createRecord", "record { id }", given)).codes == ["FORBIDDEN"]
    await pg.execute("DELETE FROM workspace_members WHERE user_id = $1", table.owner.id)
    assert (await key.run(RECORDS, {"id": table.id})).codes == ["NOT_FOUND"]


async def test_a_stream_ends_when_its_table_is_put_out_of_reach(
    api: Api, services: Services, settings: Settings
) -> None:
    table, other = await siblings(api)
    key = await key_for_base(api, table)
    async with served(settings, services) as address, opened(address) as socket:
        await socket.initialise(payload={"X-API-Key": key.secret})
        hidden = await socket.subscribe(EVENTS, {"table": other.id})
        assert (await socket.refusal(hidden))["extensions"]["code"] == "NOT_FOUND"
        id = await socket.subscribe(EVENTS, {"table": table.id})
        await until_followed(services)
        assert (await update(api, table.owner, key.id, baseIds=[other.base_id])).codes == []
        await services.streams.look_around()
        assert (await socket.refusal(id))["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("place", ["workspace", "base", "table", "record"])
async def test_presence_is_within_reach(place: str, api: Api, services: Services, settings: Settings) -> None:
    tables = await siblings(api)
    ids = [await create_records(api, each, [{"Name": "a"}]) for each in tables]
    key = await key_for_base(api, tables[0])
    near, far = (
        {"workspace": t.workspace_id, "base": t.base_id, "table": t.id, "record": id}[place]
        for t, [id] in zip(tables, ids, strict=True)
    )
    async with served(settings, services) as address, opened(address) as socket:
        await socket.initialise(payload={"X-API-Key": key.secret})
        refused = await socket.refusal(await socket.subscribe(PRESENCE, {"channel": f"{place}:{far}"}))
        assert refused["extensions"]["code"] == "NOT_FOUND"
        operation = await socket.subscribe(PRESENCE, {"channel": f"{place}:{near}"})
        if place == "workspace":
            assert (await socket.refusal(operation))["extensions"]["code"] == "NOT_FOUND"
        else:
            assert (await socket.next(operation))["presence"]["type"] == "STATE"


async def test_what_a_key_reaches_is_told_and_can_be_changed(api: Api) -> None:
    table, other = await siblings(api)
    made = await make_key(api, table.owner, baseIds=[table.base_id, table.base_id])

    async def change(**input: Any) -> Any:
        given = {"input": {"id": made["apiKey"]["id"], **input}}
        return (await api.execute(REACH, given, as_=table.owner)).ok["updateApiKey"]["apiKey"]

    base, workspace = str(table.base_id), str(table.workspace_id)
    assert await change() == {"workspaceIds": [], "baseIds": [base]}
    assert await change(workspaceIds=[workspace]) == {"workspaceIds": [workspace], "baseIds": [base]}
    assert await change(baseIds=None) == {"workspaceIds": [workspace], "baseIds": []}
    assert await change(workspaceIds=None, baseIds=None) == {"workspaceIds": None, "baseIds": None}
    assert await change(baseIds=[other.base_id]) == {"workspaceIds": [], "baseIds": [str(other.base_id)]}


@pytest.mark.parametrize(
    "input", [{"workspaceIds": []}, {"baseIds": []}, {"workspaceIds": [], "baseIds": []}, {"workspaceIds": None}]
)
async def test_a_limited_key_is_never_limited_to_nothing(
    input: dict[str, Any], api: Api, pg: asyncpg.Connection
) -> None:
    workspace = await make_workspace(api, owner := await api.register())
    key = await key_of(api, owner, workspaceIds=[workspace])
    if input != {"workspaceIds": None}:
        assert (await api.execute(CREATE_KEY, {"input": {"name": "k", **input}}, as_=owner)).codes == [
            "VALIDATION_ERROR"
        ]
    if input != {"baseIds": []}:
        assert (await update(api, owner, key.id, **input)).codes == ["VALIDATION_ERROR"]
    assert await pg.fetch("SELECT workspace_ids, base_ids FROM api_keys") == [([workspace], [])]


async def test_a_key_is_limited_to_what_its_user_sees(api: Api, pg: asyncpg.Connection) -> None:
    theirs, mine = await make_table(api, NAME), await make_table(api, NAME)
    key = await key_for_base(api, mine)
    for given in ({"workspaceIds": [theirs.workspace_id]}, {"baseIds": [mine.base_id, theirs.base_id]}):
        made = await api.execute(CREATE_KEY, {"input": {"name": "k", **given}}, as_=mine.owner)
        changed = await update(api, mine.owner, key.id, **given)
        assert (made.codes, changed.codes) == (["NOT_FOUND"], ["NOT_FOUND"])
    assert await pg.fetch("SELECT workspace_ids, base_ids FROM api_keys") == [([], [mine.base_id])]


async def test_what_a_key_was_limited_to_may_be_gone(api: Api) -> None:
    table, other = await siblings(api)
    key = await key_of(api, table.owner, baseIds=[table.base_id, other.base_id])
    deleted = await api.execute(
        "mutation ($i: DeleteBaseInput!) { deleteBase(input: $i) { deletedId } }",
        {"i": {"id": other.base_id}},
        as_=table.owner,
    )
    assert deleted.codes == []
    both = [table.base_id, other.base_id]
    assert (await update(api, table.owner, key.id, baseIds=both)).codes == []
    assert (await key.run(RECORDS, {"id": table.id})).codes == []


async def test_a_key_is_limited_to_so_many_things(api: Api) -> None:
    api.services.limits = type(api.services.limits)(max_api_key_targets=1)
    owner = await api.register()
    workspaces = [await make_workspace(api, owner) for _ in range(2)]
    await key_of(api, owner, workspaceIds=workspaces[:1])
    refused = await api.execute(CREATE_KEY, {"input": {"name": "k", "workspaceIds": workspaces}}, as_=owner)
    assert refused.errors[0]["message"] == (
        "Field 'workspaceIds': An API key can be limited to at most 1 of each; workspaceIds has 2."
    )
