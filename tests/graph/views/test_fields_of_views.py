"""What becomes of views when the fields of their table are renamed, converted or deleted, or the base is copied."""

from typing import Any

import pytest

from tests.support.api import Api
from tests.support.catalog import mutate, update_field
from tests.support.tables import MadeTable
from tests.support.views import make_view, read_view


@pytest.fixture
async def board(api: Api, table: MadeTable) -> dict[str, Any]:
    """A view that names Stage and Price wherever a view can."""
    is_open = {"field": "Stage", "operator": "IN", "value": ["Open"]}
    is_dear = {"field": "Price", "operator": "GT", "value": 2}
    return await make_view(
        api,
        table,
        type="KANBAN",
        config={"group_field_id": table.fields["Stage"], "stack_field_id": table.fields["Who"]},
        filter={"or": [is_open, {"not": {"and": [is_open]}}, is_dear]},
        orderBy=[{"field": "Stage"}, {"field": "Price"}],
        fieldIds=["Stage", "Day"],
        hiddenFieldIds=["Stage", "Price"],
        colorRules=[{"color": "red", "filter": is_open}, {"color": "blue", "filter": is_dear}],
    )


async def test_renaming_fields_and_choices_changes_nothing(api: Api, table: MadeTable, board: dict[str, Any]) -> None:
    await update_field(api, table, "Stage", name="Phase", options={"choices": [{"id": "a", "name": "Begun"}, "Done"]})

    renamed = await read_view(api, table, board["id"])

    assert renamed["hiddenFields"] == [{"name": "Price"}, {"name": "Phase"}]
    assert {**renamed, "hiddenFields": None} == {**board, "hiddenFields": None}


async def test_a_deleted_field_leaves_no_trace(api: Api, table: MadeTable, board: dict[str, Any]) -> None:
    await mutate(api, "deleteField", "deletedId", {"id": table.fields["Stage"]}, as_=table.owner)

    left = await read_view(api, table, board["id"])

    price = table.fields["Price"]
    is_dear = {"field": price, "operator": "GT", "value": 2}
    assert left["config"] == {"group_field_id": None, "stack_field_id": table.fields["Who"]}
    assert left["filter"] == {"or": [is_dear]}
    assert left["orderBy"] == [{"field": price, "direction": "ASC"}]
    assert left["colorRules"] == [{"color": "blue", "filter": is_dear}]
    assert left["hiddenFields"] == [{"name": "Price"}]
    assert left["fields"][0] == {"name": "Day"}


async def test_a_filter_of_which_nothing_is_left_is_gone(api: Api, table: MadeTable) -> None:
    nested = {"not": {"or": [{"field": "Price", "operator": "GT", "value": 2}]}}
    view = await make_view(api, table, filter=nested)

    await mutate(api, "deleteField", "deletedId", {"id": table.fields["Price"]}, as_=table.owner)

    assert (await read_view(api, table, view["id"]))["filter"] is None


async def test_what_a_converted_field_does_not_fit_is_dropped(
    api: Api, table: MadeTable, board: dict[str, Any]
) -> None:
    await update_field(api, table, "Stage", type="TEXT")

    left = await read_view(api, table, board["id"])

    assert left["config"]["group_field_id"] is None
    is_dear = {"field": table.fields["Price"], "operator": "GT", "value": 2}
    assert left["filter"] == {"or": [is_dear]}  # the id of a choice is no text that records have
    assert left["orderBy"] == board["orderBy"]


async def test_a_condition_that_fits_the_new_type_stays(api: Api, table: MadeTable, board: dict[str, Any]) -> None:
    await update_field(api, table, "Price", type="CURRENCY")
    kept = await read_view(api, table, board["id"])
    await update_field(api, table, "Price", type="CHECKBOX")
    left = await read_view(api, table, board["id"])

    assert (kept["filter"], kept["colorRules"]) == (board["filter"], board["colorRules"])
    assert left["filter"]["or"] == board["filter"]["or"][:2]
    assert left["colorRules"] == board["colorRules"][:1]


async def test_a_condition_on_a_choice_that_is_gone_is_dropped(
    api: Api, table: MadeTable, board: dict[str, Any]
) -> None:
    await update_field(api, table, "Stage", options={"choices": ["Done"]})

    left = await read_view(api, table, board["id"])

    assert left["filter"] == {"or": [{"field": table.fields["Price"], "operator": "GT", "value": 2}]}
    assert left["config"] == board["config"]


async def test_views_that_all_see_are_copied_with_their_base(api: Api, table: MadeTable, board: dict[str, Any]) -> None:
    await make_view(api, table, "Mine", isPersonal=True)
    selection = """
        base { tables { fields { id name } views {
          name config filter orderBy colorRules { color filter } fields { name } hiddenFields { name }
        } } }
    """

    result = await mutate(api, "duplicateBase", selection, {"baseId": table.base_id}, as_=table.owner)

    [copied] = result.ok["duplicateBase"]["base"]["tables"]
    [view] = copied["views"]
    names = {field["id"]: field["name"] for field in copied["fields"]}
    mine = {id: name for name, id in table.fields.items()}
    assert _named(view, names) == _named({key: board[key] for key in view}, mine)
    assert not set(names) & set(mine)


def _named(value: Any, names: dict[str, str]) -> Any:
    """The value with the names of fields for their ids."""
    if isinstance(value, dict):
        return {key: _named(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_named(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value
