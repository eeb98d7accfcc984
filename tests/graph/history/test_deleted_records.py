"""`deletedRecords`: what can be restored of a table, the last deleted first."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from adapters.database import Connection
from tests.graph.history.conftest import Trash
from tests.graph.records.conftest import member_of
from tests.support.api import Api
from tests.support.catalog import mutate
from tests.support.change_log import age
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable

HOUR = 3_600
RECORD = "id revision fields createdAt createdBy { email }"
DELETED = f"__typename deletedAt restorableUntil mutationId deletedBy {{ email }} record {{ {RECORD} }}"
PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"


async def test_a_deleted_record_is_as_it_was(api: Api, trash: Trash, table: MadeTable) -> None:
    editor = await member_of(api, table, "EDITOR")
    [id, other], _ = await trash.create({"Name": "Bolt", "Price": 1}, {"Name": "Nut"})
    await trash.update(id, {"Price": 2.5})
    mutation = await trash.delete(id, as_=editor)

    found = (await trash.deleted(f"totalCount nodes {{ {DELETED} }}")).ok["deletedRecords"]

    [node] = found["nodes"]
    deleted, until = (datetime.fromisoformat(node.pop(key)) for key in ("deletedAt", "restorableUntil"))
    assert until - deleted == timedelta(days=7)
    record = node.pop("record")
    assert {key: record["fields"][key] for key in ("Name", "Price", "Number")} == {
        "Name": "Bolt", "Price": 2.5, "Number": 1,
    }  # fmt: skip
    assert (record["id"], record["revision"], record["createdBy"]) == (id, 2, {"email": table.owner.email})
    assert node == {"__typename": "DeletedRecord", "mutationId": mutation, "deletedBy": {"email": editor.email}}
    assert found["totalCount"] == 1
    assert other not in await trash.deleted_ids()


async def test_the_last_deleted_comes_first_and_pages_follow(trash: Trash) -> None:
    ids, _ = await trash.create(*({"Price": i} for i in range(5)))
    for id in ids:
        await trash.delete(id)
    selection = f"totalCount edges {{ cursor node {{ record {{ id }} }} }} {PAGE}"

    first = (await trash.deleted(selection, first=3)).ok["deletedRecords"]
    second = (await trash.deleted(selection, first=3, after=first["pageInfo"]["endCursor"])).ok["deletedRecords"]

    pages = [[edge["node"]["record"]["id"] for edge in page["edges"]] for page in (first, second)]
    assert pages == [ids[:1:-1], ids[1::-1]]
    assert [page["pageInfo"]["hasNextPage"] for page in (first, second)] == [True, False]
    assert [page["totalCount"] for page in (first, second)] == [5, 5]


async def test_what_was_restored_is_not_there_and_what_was_deleted_again_is_once(trash: Trash) -> None:
    [restored, again], _ = await trash.create({"Name": "a"}, {"Name": "b"})
    await trash.delete(restored, again)
    assert (await trash.restore(restored, again)).ok
    await trash.delete(again)

    assert await trash.deleted_ids() == [again]


async def test_what_was_deleted_too_long_ago_is_not_there(
    api: Api, trash: Trash, table: MadeTable, pg: Connection
) -> None:
    api.services.limits = replace(api.services.limits, trash_retention=timedelta(hours=1))
    [old, new], _ = await trash.create({"Name": "old"}, {"Name": "new"})
    await trash.delete(old)
    await age(pg, table.base_id, HOUR + 60)
    await trash.delete(new)

    assert await trash.deleted_ids() == [new]
    assert (await trash.restore(old)).codes == ["NOT_FOUND"]


async def test_resolvers_answer_the_same_as_the_statement(trash: Trash) -> None:
    ids, _ = await trash.create({"Name": "Bolt"}, {"Name": "Nut"})
    await trash.delete(*ids)
    selection = f"totalCount edges {{ cursor node {{ {DELETED} }} }} nodes {{ {DELETED} }} {PAGE}"

    compiled = (await trash.deleted(selection, first=1)).ok["deletedRecords"]
    resolved = (await trash.deleted(f"{selection} n: nodes {{ record {{ table {{ base {{ id }} }} }} }}", first=1)).ok

    assert compiled == {key: value for key, value in resolved["deletedRecords"].items() if key != "n"}


async def test_a_deleted_record_has_its_history(trash: Trash) -> None:
    [id], _ = await trash.create({"Name": "Bolt"})
    await trash.delete(id)

    found = await trash.deleted("nodes { record { history { nodes { type } } } }")

    [node] = found.ok["deletedRecords"]["nodes"]
    assert node["record"]["history"]["nodes"] == [{"type": "DELETED"}, {"type": "CREATED"}]


async def test_other_tables_are_apart(api: Api, trash: Trash, table: MadeTable) -> None:
    given = {"baseId": table.base_id, "name": "Other", "fields": [{"name": "Name", "type": "TEXT"}]}
    other = (await mutate(api, "createTable", "table { id }", given, as_=table.owner)).ok["createTable"]["table"]["id"]
    [id], _ = await trash.create({"Name": "Bolt"})
    await trash.delete(id)

    found = await api.execute(
        "query ($table: ID!) { deletedRecords(tableId: $table) { totalCount } }", {"table": other}, as_=table.owner
    )

    assert found.ok["deletedRecords"]["totalCount"] == 0


@pytest.mark.parametrize("count", [1, 30])
async def test_a_page_is_one_statement(trash: Trash, statements: Callable[[], StatementLog], count: int) -> None:
    ids, _ = await trash.create(*({"Price": i} for i in range(count)))
    await trash.delete(*ids)
    selection = f"totalCount nodes {{ {DELETED} }} {PAGE}"
    await trash.deleted(selection)
    with statements() as seen:
        assert len((await trash.deleted(selection)).ok["deletedRecords"]["nodes"]) == count
    assert seen.count == 1


@pytest.mark.parametrize("arguments", [{"first": 1001}, {"first": -1}, {"after": "zz"}])
async def test_arguments_out_of_range_are_a_bad_request(trash: Trash, arguments: dict[str, object]) -> None:
    result = await trash.deleted(**arguments)

    assert result.codes == ["BAD_REQUEST"]
