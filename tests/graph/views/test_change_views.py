"""updateView, deleteView, duplicateView and reorderViews; personal and locked views."""

from typing import Any

import pytest

from tests.support.api import Api, Person
from tests.support.catalog import add_member, mutate
from tests.support.tables import MadeTable
from tests.support.views import VIEW, change_view, make_view, read_view, view_names


@pytest.fixture
async def editor(api: Api, table: MadeTable) -> Person:
    """An editor of the table's workspace."""
    person = await api.register()
    await add_member(api, table.owner, table.workspace_id, person, "EDITOR")
    return person


async def codes(api: Api, person: Person, mutation: str, **given: Any) -> list[str]:
    selection = "deletedId" if mutation == "deleteView" else "view { id }"
    return (await mutate(api, mutation, selection, given, as_=person)).codes


async def test_what_is_left_out_stays_and_null_brings_back_the_default(api: Api, table: MadeTable) -> None:
    empty = {"field": "Name", "operator": "IS_EMPTY"}
    made = await make_view(
        api,
        table,
        config={"row_height": "tall"},
        filter=empty,
        orderBy=[{"field": "Name"}],
        fieldIds=["Day"],
        hiddenFieldIds=["Who"],
        colorRules=[{"color": "red", "filter": empty}],
    )

    renamed = await change_view(api, table, made["id"], name="New")
    nulls = dict.fromkeys(("config", "filter", "orderBy", "fieldIds", "hiddenFieldIds", "colorRules"))
    bare = await change_view(api, table, made["id"], **nulls)

    assert renamed == {**made, "name": "New"}
    assert bare == {**await make_view(api, table, "Bare"), "id": made["id"], "name": "New"}


async def test_a_deleted_view_is_gone(api: Api, table: MadeTable) -> None:
    made = await make_view(api, table)

    deleted = await mutate(api, "deleteView", "deletedId", {"id": made["id"]}, as_=table.owner)

    assert deleted.ok["deleteView"] == {"deletedId": made["id"]}
    assert await view_names(api, table, table.owner) == []


async def test_a_copy_is_the_last_one_and_unlocked(api: Api, table: MadeTable) -> None:
    first = await make_view(api, table, "A", "CALENDAR", config={"date_field_id": table.fields["Day"]})
    await make_view(api, table, "B")
    await change_view(api, table, first["id"], isLocked=True)

    result = await mutate(api, "duplicateView", f"view {{ {VIEW} }}", {"id": first["id"]}, as_=table.owner)

    copy = result.ok["duplicateView"]["view"]
    assert copy == {**first, "id": copy["id"], "name": "A (copy)"}
    assert await view_names(api, table, table.owner) == ["A", "B", "A (copy)"]


async def test_views_are_listed_in_the_order_that_was_given(api: Api, table: MadeTable) -> None:
    ids = [(await make_view(api, table, name))["id"] for name in "abc"]

    given = {"tableId": table.id, "viewIds": [ids[2], ids[0], ids[1]]}
    await mutate(api, "reorderViews", "views { id }", given, as_=table.owner)
    partial = {"tableId": table.id, "viewIds": ids[:2]}
    refused = await mutate(api, "reorderViews", "views { id }", partial, as_=table.owner)

    assert refused.codes == ["BAD_REQUEST"]
    assert await view_names(api, table, table.owner) == ["c", "a", "b"]


async def test_a_personal_view_is_for_its_owner_alone(api: Api, table: MadeTable, editor: Person) -> None:
    await make_view(api, table, "Ours")
    mine = await make_view(api, table, "ours", as_=editor, isPersonal=True)
    await make_view(api, table, "ours", isPersonal=True)
    node = "query ($id: ID!) { node(id: $id) { id } }"

    assert mine["isPersonal"]
    assert await view_names(api, table, editor) == ["Ours", "ours"]
    assert await codes(api, table.owner, "updateView", id=mine["id"], name="Taken") == ["NOT_FOUND"]
    assert await codes(api, table.owner, "deleteView", id=mine["id"]) == ["NOT_FOUND"]
    assert await codes(api, table.owner, "duplicateView", id=mine["id"]) == ["NOT_FOUND"]
    assert (await api.execute(node, {"id": mine["id"]}, as_=table.owner)).codes == ["NOT_FOUND"]
    order = {"tableId": table.id, "viewIds": [mine["id"]]}
    assert (await mutate(api, "reorderViews", "views { id }", order, as_=table.owner)).codes == ["BAD_REQUEST"]


async def test_a_locked_view_stays_as_it_is_until_it_is_unlocked(api: Api, table: MadeTable) -> None:
    made = await make_view(api, table)
    locked = await change_view(api, table, made["id"], isLocked=True)

    for refused in (
        await codes(api, table.owner, "updateView", id=made["id"], name="New"),
        await codes(api, table.owner, "updateView", id=made["id"], filter=None),
        await codes(api, table.owner, "deleteView", id=made["id"]),
    ):
        assert refused == ["CONFLICT"]
    assert await read_view(api, table, made["id"]) == locked == {**made, "isLocked": True}
    assert (await change_view(api, table, made["id"], isLocked=False, name="New"))["name"] == "New"


async def test_an_editor_locks_none_but_personal_views(api: Api, table: MadeTable, editor: Person) -> None:
    ours = await make_view(api, table, as_=editor)
    mine = await make_view(api, table, as_=editor, isPersonal=True)

    assert await codes(api, editor, "updateView", id=ours["id"], isLocked=True) == ["FORBIDDEN"]
    await change_view(api, table, ours["id"], isLocked=True)
    assert await codes(api, editor, "updateView", id=ours["id"], isLocked=False, name="X") == ["FORBIDDEN"]
    assert (await change_view(api, table, mine["id"], as_=editor, isLocked=True))["isLocked"]
