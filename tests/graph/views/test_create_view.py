"""createView: the types and their configs, what else a view says, and everything that is refused."""

from collections.abc import Mapping
from typing import Any

import pytest

from domain.views.registry import view_types
from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.support.api import Api
from tests.support.catalog import mutate
from tests.support.tables import MadeTable, make_table
from tests.support.views import make_view, read_view

CONFIGS: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    "GRID": ({"row_height": "tall"}, {"row_height": "tall", "frozen_columns": 1}),
    "KANBAN": ({"group_field_id": "Stage"}, {"group_field_id": "Stage", "stack_field_id": None}),
    "CALENDAR": ({"date_field_id": "Day"}, {"date_field_id": "Day", "end_date_field_id": None}),
    "GALLERY": ({"cover_field_id": "Files"}, {"cover_field_id": "Files", "card_fields": []}),
    "FORM": ({"fields": ["Name", "Day"]}, {"fields": ["Name", "Day"], "submit_text": "Submit"}),
    "GANTT": (
        {"start_field_id": "Day", "end_field_id": "Until"},
        {"start_field_id": "Day", "end_field_id": "Until", "dependency_field_id": None},
    ),
    "TIMELINE": (
        {"date_field_id": "Until", "group_field_id": "Who"},
        {"date_field_id": "Until", "group_field_id": "Who"},
    ),
}
"""Of each type a config, and what is kept of it; names stand for the ids of fields."""

REFUSED: list[tuple[str, Any, list[str | int], str]] = [
    ("GRID", [], ["config"], "value_error.type"),
    ("GRID", {"row_height": "huge"}, ["config", "row_height"], "literal_error"),
    ("GRID", {"frozen_columns": 21}, ["config", "frozen_columns"], "less_than_equal"),
    ("GRID", {"width": 3}, ["config", "width"], "extra_forbidden"),
    ("KANBAN", {}, ["config", "group_field_id"], "missing"),
    ("KANBAN", {"group_field_id": "x"}, ["config", "group_field_id"], "value_error"),
    ("KANBAN", {"group_field_id": "Day"}, ["config", "group_field_id"], "value_error.field_type"),
    ("KANBAN", {"group_field_id": "All"}, ["config", "group_field_id"], "value_error.field_type"),
    ("CALENDAR", {"date_field_id": "Name"}, ["config", "date_field_id"], "value_error.field_type"),
    ("GALLERY", {"cover_field_id": "Name"}, ["config", "cover_field_id"], "value_error.field_type"),
    ("GALLERY", {"card_fields": ["Name", "Name"]}, ["config", "card_fields", 1], "value_error.duplicate"),
    ("FORM", {"fields": ["Name", "No"]}, ["config", "fields", 1], "value_error.field_type"),
    ("FORM", {"fields": ["Name"] * 1_401}, ["config", "fields"], "too_long"),
    ("FORM", {"submit_text": ""}, ["config", "submit_text"], "string_too_short"),
    ("FORM", {"submit_text": "\0"}, ["config", "submit_text"], "value_error"),
    (
        "GANTT",
        {"start_field_id": "Day", "end_field_id": "Until", "dependency_field_id": "Who"},
        ["config", "dependency_field_id"],
        "value_error.field_type",
    ),
    ("TIMELINE", {"date_field_id": "Stage"}, ["config", "date_field_id"], "value_error.field_type"),
]


def with_ids(config: Any, table: MadeTable) -> Any:
    """The config, with the ids of fields for their names."""
    if isinstance(config, str):
        return table.fields.get(config, config)
    if isinstance(config, list):
        return [with_ids(each, table) for each in config]
    return {key: with_ids(each, table) for key, each in config.items()} if isinstance(config, dict) else config


def test_every_type_is_tested() -> None:
    assert list(CONFIGS) == [key.upper() for key in view_types()]


async def test_every_key_of_a_config_is_described(api: Api) -> None:
    found = (await api.execute("{ viewTypes { type description configSchema } }")).ok["viewTypes"]

    assert [each["type"] for each in found] == list(CONFIGS)
    assert all(each["description"] for each in found)
    described = {each["type"]: each["configSchema"]["properties"] for each in found}
    assert {type: list(keys) for type, keys in described.items()} == {
        type: list(kept) for type, (_, kept) in CONFIGS.items()
    }
    assert all(value.get("description") for keys in described.values() for value in keys.values())


@pytest.mark.parametrize("type", CONFIGS)
async def test_a_config_is_kept_with_its_defaults(api: Api, table: MadeTable, type: str) -> None:
    given, kept = (with_ids(config, table) for config in CONFIGS[type])

    made = await make_view(api, table, type=type, config=given)

    assert (made["type"], made["config"]) == (type, kept)
    assert await read_view(api, table, made["id"]) == made


@pytest.mark.parametrize("type", CONFIGS)
async def test_a_config_may_call_fields_by_name(api: Api, table: MadeTable, type: str) -> None:
    given, kept = CONFIGS[type]

    made = await make_view(api, table, type=type, config=given)

    assert made["config"] == with_ids(kept, table)


@pytest.mark.parametrize(("type", "config", "place", "kind"), REFUSED)
async def test_a_config_that_does_not_fit_is_refused_with_its_place(
    api: Api, table: MadeTable, services: Services, type: str, config: Any, place: list[str | int], kind: str
) -> None:
    before = await snapshot(services.database)
    given = {"tableId": table.id, "name": "V", "type": type, "config": with_ids(config, table)}

    result = await mutate(api, "createView", "view { id }", given, as_=table.owner)

    assert result.codes == ["VALIDATION_ERROR"]
    [problem] = result.errors[0]["extensions"]["errors"]
    assert (problem["loc"], problem["type"]) == (place, kind)
    assert await snapshot(services.database) == before


async def test_a_field_of_another_table_is_refused(api: Api, table: MadeTable) -> None:
    other = await make_table(api, [{"name": "Stage", "type": "SINGLE_SELECT"}, {"name": "N", "type": "TEXT"}][::-1])
    given = {"tableId": table.id, "name": "V", "type": "KANBAN", "config": {"group_field_id": other.fields["Stage"]}}

    result = await mutate(api, "createView", "view { id }", given, as_=table.owner)

    [problem] = result.errors[0]["extensions"]["errors"]
    assert (problem["loc"], problem["type"]) == (["config", "group_field_id"], "value_error.unknown_field")


async def test_filter_order_colors_and_fields_are_kept_by_id(api: Api, table: MadeTable) -> None:
    ids = table.fields
    is_open = {"field": "Stage", "operator": "EQ", "value": "Open"}
    given = {
        "filter": {"and": [is_open, {"not": {"or": [{"field": ids["Price"], "operator": "LT", "value": 2.5}]}}]},
        "orderBy": [{"field": "Price", "direction": "DESC"}, {"field": "$createdAt"}],
        "fieldIds": [ids["Day"], ids["Name"]],
        "hiddenFieldIds": [ids["Price"], ids["Files"]],
        "colorRules": [{"color": "green", "filter": is_open}],
    }

    made = await make_view(api, table, **given)

    kept_open = {"field": ids["Stage"], "operator": "EQ", "value": "a"}
    assert made["filter"] == {
        "and": [kept_open, {"not": {"or": [{"field": ids["Price"], "operator": "LT", "value": 2.5}]}}]
    }
    assert made["orderBy"] == [
        {"field": ids["Price"], "direction": "DESC"},
        {"field": "$createdAt", "direction": "ASC"},
    ]
    assert made["colorRules"] == [{"color": "green", "filter": kept_open}]
    assert [f["name"] for f in made["fields"]] == ["Day", "Name", "Until", "Stage", "Who", "All", "No"]
    assert [f["name"] for f in made["hiddenFields"]] == ["Price", "Files"]


BAD_PARTS: list[tuple[dict[str, Any], str]] = [
    ({"filter": {"field": "Gone", "operator": "EQ", "value": 1}}, "BAD_REQUEST"),
    ({"filter": {"field": "Price", "operator": "HAS_ANY", "value": [1]}}, "BAD_REQUEST"),
    ({"filter": {"field": "Price", "operator": "EQ", "value": "one"}}, "BAD_REQUEST"),
    ({"orderBy": [{"field": "Gone"}]}, "BAD_REQUEST"),
    ({"fieldIds": ["Gone"]}, "VALIDATION_ERROR"),
    ({"hiddenFieldIds": ["Name", "Name"]}, "VALIDATION_ERROR"),
    ({"colorRules": [{"color": "mauve", "filter": {"field": "Name", "operator": "IS_EMPTY"}}]}, "VALIDATION_ERROR"),
    ({"colorRules": [{"color": "red", "filter": {"field": "Gone", "operator": "IS_EMPTY"}}]}, "VALIDATION_ERROR"),
    ({"name": " "}, "VALIDATION_ERROR"),
    ({"fieldIds": ["Name"] * 10}, "BAD_REQUEST"),
    ({"colorRules": [{"color": "red", "filter": {"field": "Name", "operator": "IS_EMPTY"}}] * 101}, "BAD_REQUEST"),
]


@pytest.mark.parametrize(("part", "code"), BAD_PARTS)
async def test_what_does_not_fit_the_table_is_refused(
    api: Api, table: MadeTable, services: Services, part: dict[str, Any], code: str
) -> None:
    before = await snapshot(services.database)
    given = {"tableId": table.id, "name": "V", "type": "GRID", **part}

    result = await mutate(api, "createView", "view { id }", given, as_=table.owner)

    assert result.codes == [code]
    assert await snapshot(services.database) == before


@pytest.mark.parametrize("value", [10**20, 0.1, 123456789.123456789])
async def test_numbers_in_filters_are_kept_as_they_are(api: Api, table: MadeTable, value: object) -> None:
    filter = {"field": table.fields["Price"], "operator": "EQ", "value": value}

    made = await make_view(api, table, filter=filter)

    assert made["filter"] == filter
    document = "query ($id: ID!) { view(id: $id) { filter records { totalCount } } }"
    read = await api.execute(document, {"id": made["id"]}, as_=table.owner)
    assert read.ok["view"] == {"filter": filter, "records": {"totalCount": 0}}


async def test_an_order_names_a_field_once_by_id_or_name(api: Api, table: MadeTable) -> None:
    order = [{"field": "Price"}, {"field": table.fields["Price"]}]
    given = {"tableId": table.id, "name": "V", "type": "GRID", "orderBy": order}

    result = await mutate(api, "createView", "view { id }", given, as_=table.owner)

    assert result.codes == ["BAD_REQUEST"]


async def test_names_are_unique_in_the_table_whatever_their_case(api: Api, table: MadeTable) -> None:
    await make_view(api, table, "One")
    given = {"tableId": table.id, "name": "ONE", "type": "GRID"}

    result = await mutate(api, "createView", "view { id }", given, as_=table.owner)

    assert result.codes == ["DUPLICATE_VALUE"]


async def test_a_table_has_so_many_views_and_so_many_personal_ones(
    api: Api, table: MadeTable, services: Services
) -> None:
    services.limits = type(services.limits)(max_views_per_table=2)
    for name in "ab":
        await make_view(api, table, name)
        await make_view(api, table, name, isPersonal=True)

    for personal in (False, True):
        given = {"tableId": table.id, "name": "c", "type": "GRID", "isPersonal": personal}
        assert (await mutate(api, "createView", "view { id }", given, as_=table.owner)).codes == ["BAD_REQUEST"]


async def test_a_view_takes_so_many_bytes(api: Api, table: MadeTable, services: Services) -> None:
    services.limits = type(services.limits)(max_view_bytes=1_000)
    view = await make_view(api, table)
    long = {"field": "Name", "operator": "EQ", "value": "x" * 1_000}
    given = {"tableId": table.id, "name": "V", "type": "GRID", "filter": long}

    made = await mutate(api, "createView", "view { id }", given, as_=table.owner)
    changed = await mutate(api, "updateView", "view { id }", {"id": view["id"], "filter": long}, as_=table.owner)

    assert (made.codes, changed.codes) == (["PAYLOAD_TOO_LARGE"], ["PAYLOAD_TOO_LARGE"])
