"""`Record.history`: the changes of a record, newest first, in the statement that reads the record."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.graph.history.conftest import Trash
from tests.graph.records.conftest import member_of
from tests.support.api import Api
from tests.support.catalog import mutate
from tests.support.records import Records
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable

CHANGE = "__typename type revision changedFields previous values mutationId at actor { email }"
PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
RESOLVED = "table { base { name } }"
"""What no statement over records covers: it makes resolvers answer."""


def document(selection: str) -> str:
    """A query of a record's history."""
    return f"""
        query ($id: ID!, $first: Int, $after: String) {{
          record(id: $id) {{ id history(first: $first, after: $after) {{ {selection} }} }}
        }}
    """


async def history(records: Records, id: str, selection: str = f"nodes {{ {CHANGE} }}", **arguments: Any) -> Any:
    """The history of a record."""
    return (await records.run(document(selection), {"id": id, **arguments})).ok["record"]["history"]


async def test_each_change_says_what_who_and_when(api: Api, records: Records, trash: Trash, table: MadeTable) -> None:
    editor = await member_of(api, table, "EDITOR")
    [id], created = await trash.create({"Name": "Bolt", "Price": 1, "Status": "Open"})
    updated = await trash.update(id, {"Price": 2.5, "Name": "Bolt", "Status": None}, as_=editor)

    nodes = (await history(records, id))["nodes"]

    assert [node.pop("at")[:2] for node in nodes] == ["20", "20"]
    assert nodes == [
        {
            "__typename": "RecordChange",
            "type": "UPDATED",
            "revision": 2,
            "changedFields": ["Price", "Status"],
            "previous": {"Price": 1, "Status": "Open"},
            "values": {"Price": 2.5, "Status": None},
            "mutationId": updated,
            "actor": {"email": editor.email},
        },
        {
            "__typename": "RecordChange",
            "type": "CREATED",
            "revision": 1,
            "changedFields": ["Name", "Price", "Status", "Number"],
            "previous": None,
            "values": {"Name": "Bolt", "Price": 1, "Status": "Open", "Number": 1},
            "mutationId": created,
            "actor": {"email": table.owner.email},
        },
    ]


async def test_a_deletion_and_a_restoration_are_part_of_it(records: Records, trash: Trash) -> None:
    [id], _ = await trash.create({"Name": "Bolt"})
    await trash.delete(id)
    assert (await trash.restore(id)).ok

    nodes = (await history(records, id, "nodes { type revision previous values }"))["nodes"]

    values = {"Name": "Bolt", "Number": 1}
    assert nodes == [
        {"type": "CREATED", "revision": 2, "previous": None, "values": values},
        {"type": "DELETED", "revision": 1, "previous": values, "values": None},
        {"type": "CREATED", "revision": 1, "previous": None, "values": values},
    ]


async def test_pages_come_one_behind_the_other(records: Records, trash: Trash) -> None:
    [id], _ = await trash.create({"Price": 0})
    for price in range(1, 5):
        await trash.update(id, {"Price": price})
    selection = f"edges {{ cursor node {{ revision }} }} {PAGE}"

    first = await history(records, id, selection, first=2)
    second = await history(records, id, selection, first=2, after=first["pageInfo"]["endCursor"])
    third = await history(records, id, selection, first=2, after=second["edges"][1]["cursor"])

    pages = [[edge["node"]["revision"] for edge in page["edges"]] for page in (first, second, third)]
    assert pages == [[5, 4], [3, 2], [1]]
    info = [(page["pageInfo"]["hasNextPage"], page["pageInfo"]["hasPreviousPage"]) for page in (first, second, third)]
    assert info == [(True, False), (True, True), (False, True)]
    assert first["pageInfo"]["startCursor"] == first["edges"][0]["cursor"]


async def test_resolvers_answer_the_same_as_the_statement(records: Records, trash: Trash) -> None:
    [id], _ = await trash.create({"Name": "Bolt", "Price": 1e20})
    await trash.update(id, {"Price": 0.1})
    connection = f"edges {{ cursor node {{ {CHANGE} }} }} nodes {{ {CHANGE} }} {PAGE}"
    selection = f"history(first: 1) {{ {connection} }}"

    compiled = (await records.get(id, selection=selection)).ok["record"]
    resolved = (await records.get(id, selection=f"{selection} {RESOLVED}")).ok["record"]

    assert compiled["history"] == resolved["history"]
    assert len(compiled["history"]["nodes"]) == 1


async def test_a_renamed_field_has_its_name_and_a_deleted_one_is_left_out(
    api: Api, records: Records, trash: Trash, table: MadeTable
) -> None:
    [id], _ = await trash.create({"Name": "Bolt", "Price": 1})
    await trash.update(id, {"Price": 2})
    renamed = {"id": table.fields["Name"], "name": "Title"}
    assert (await mutate(api, "updateField", "field { id }", renamed, as_=table.owner)).ok
    assert (await mutate(api, "deleteField", "deletedId", {"id": table.fields["Price"]}, as_=table.owner)).ok

    nodes = (await history(records, id, "nodes { changedFields values }"))["nodes"]

    assert nodes == [
        {"changedFields": [], "values": {}},
        {"changedFields": ["Title", "Number"], "values": {"Title": "Bolt", "Number": 1}},
    ]


@pytest.mark.parametrize("after", ["x", "ff", "7a", "", "39" * 30])
async def test_what_is_no_cursor_is_a_bad_request(records: Records, trash: Trash, after: str) -> None:
    [id], _ = await trash.create({})

    result = await records.run(document("nodes { type }"), {"id": id, "after": after})

    assert result.codes == ["BAD_REQUEST"]
    assert result.errors[0]["extensions"]["argument"] == "after"


@pytest.mark.parametrize("first", [-1, 1001])
@pytest.mark.parametrize("more", ["", RESOLVED])
async def test_a_page_has_a_largest_size(records: Records, trash: Trash, first: int, more: str) -> None:
    [id], _ = await trash.create({})

    result = await records.get(id, selection=f"history(first: {first}) {{ nodes {{ type }} }} {more}")

    assert result.codes == ["BAD_REQUEST"]
    assert result.errors[0]["extensions"]["argument"] == "first"


@pytest.mark.parametrize("count", [1, 30])
async def test_histories_of_a_page_of_records_are_part_of_its_statement(
    records: Records, trash: Trash, statements: Callable[[], StatementLog], count: int
) -> None:
    await trash.create(*({"Price": i} for i in range(count)))
    selection = f"nodes {{ id history(first: 3) {{ nodes {{ {CHANGE} }} {PAGE} }} }}"
    await records.page(selection=selection)
    with statements() as seen:
        page = (await records.page(selection=selection)).ok["records"]["nodes"]
    assert [len(node["history"]["nodes"]) for node in page] == [1] * count
    assert seen.count == 1


@pytest.mark.parametrize("count", [1, 30])
async def test_histories_that_resolvers_answer_are_one_statement(
    records: Records, trash: Trash, statements: Callable[[], StatementLog], count: int
) -> None:
    await trash.create(*({"Price": i} for i in range(count)))
    selection = f"nodes {{ id {RESOLVED} history(first: 3) {{ nodes {{ type actor {{ email }} }} }} }}"
    await records.page(selection=selection)
    with statements() as seen:
        page = (await records.page(selection=selection)).ok["records"]["nodes"]
    assert [len(node["history"]["nodes"]) for node in page] == [1] * count
    assert seen.count == 5, seen.texts  # the page, tables, bases, histories, users
