"""createTable: the fields it makes, and everything that it refuses."""

import re
from typing import Any

import asyncpg
import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.support.api import Api, Person, Result
from tests.support.catalog import mutate
from tests.support.tables import make_base, make_workspace

SELECTION = "table { id name description primaryField { name } fields { name type options isRequired defaultValue } }"


@pytest.fixture
async def owner(api: Api) -> Person:
    """Who makes tables."""
    return await api.register()


@pytest.fixture
async def base(api: Api, owner: Person) -> str:
    """Id of an empty base."""
    return str(await make_base(api, owner, await make_workspace(api, owner)))


async def create(api: Api, owner: Person, base: str, **given: Any) -> Result:
    """Run createTable."""
    return await mutate(api, "createTable", SELECTION, {"baseId": base, "name": "T", **given}, as_=owner)


async def test_without_fields_there_is_one_text_field(api: Api, owner: Person, base: str) -> None:
    result = await create(api, owner, base, description="What we have.")

    table = result.ok["createTable"]["table"]
    assert (table["name"], table["description"], table["primaryField"]) == ("T", "What we have.", {"name": "Name"})
    assert [(field["name"], field["type"]) for field in table["fields"]] == [("Name", "TEXT")]


async def test_fields_keep_their_order_options_and_defaults(api: Api, owner: Person, base: str) -> None:
    fields = [
        {"name": " Title ", "type": "TEXT", "isRequired": True},
        {"name": "Price", "type": "NUMBER", "options": {"precision": 2}, "defaultValue": 9.5},
        {"name": "City.Name", "type": "TEXT"},
    ]

    result = await create(api, owner, base, fields=fields)

    assert [(f["name"], f["isRequired"], f["defaultValue"]) for f in result.ok["createTable"]["table"]["fields"]] == [
        ("Title", True, None),
        ("Price", False, 9.5),
        ("City.Name", False, None),
    ]
    assert result.ok["createTable"]["table"]["fields"][1]["options"]["precision"] == 2


@pytest.mark.parametrize(
    "name", ['a "quoted" name; DROP', "🔩 emoji", "عربى", "naïve\\name", "x" * 255, "$5 bills"[1:]]
)
async def test_any_visible_name_is_taken(api: Api, owner: Person, base: str, name: str) -> None:
    result = await create(api, owner, base, name=name, fields=[{"name": name, "type": "TEXT"}])

    table = result.ok["createTable"]["table"]
    assert (table["name"], table["fields"][0]["name"]) == (name, name)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("", "value_error.required"),
        ("  \u200b ", "value_error.required"),
        ("x" * 256, "value_error.max_length"),
        ("a\x00b", "value_error.control_character"),
        ("a\nb", "value_error.control_character"),
    ],
)
async def test_a_bad_table_name_is_refused(
    api: Api, owner: Person, base: str, name: str, kind: str, services: Services
) -> None:
    before = await snapshot(services.database)

    result = await create(api, owner, base, name=name)

    assert (result.data, result.codes) == (None, ["VALIDATION_ERROR"])
    [problem] = result.errors[0]["extensions"]["errors"]
    assert (problem["loc"], problem["type"]) == (["name"], kind)
    assert await snapshot(services.database) == before


async def test_all_problems_of_all_fields_are_reported_at_once(
    api: Api, owner: Person, base: str, services: Services
) -> None:
    before = await snapshot(services.database)
    fields = [
        {"name": "A", "type": "TEXT", "options": {"max_length": 0}},
        {"name": "$id", "type": "NUMBER", "options": {"min": 5}, "defaultValue": 4},
        {"name": "a", "type": "TEXT"},
        {"name": "00000000-0000-0000-0000-000000000000", "type": "TEXT", "options": []},
        {"name": "N", "type": "AUTONUMBER", "isRequired": True, "defaultValue": 7},
    ]

    result = await create(api, owner, base, fields=fields)

    assert result.codes == ["VALIDATION_ERROR"]
    problems = result.errors[0]["extensions"]["errors"]
    assert [(problem["loc"], problem["type"]) for problem in problems] == [
        (["fields", 0, "options", "max_length"], "greater_than_equal"),
        (["fields", 1, "name"], "value_error.reserved"),
        (["fields", 1, "defaultValue"], "value_error.range"),
        (["fields", 3, "name"], "value_error.reserved"),
        (["fields", 3, "options"], "value_error.type"),
        (["fields", 4, "isRequired"], "value_error.read_only"),
        (["fields", 4, "defaultValue"], "value_error.read_only"),
        (["fields", 2, "name"], "value_error.duplicate"),
    ]
    assert await snapshot(services.database) == before


async def test_a_name_that_another_table_has_is_refused(api: Api, owner: Person, base: str) -> None:
    await create(api, owner, base, name="Parts")

    result = await create(api, owner, base, name="pARTS")

    assert result.codes == ["DUPLICATE_VALUE"]
    assert (result.errors[0]["extensions"]["field"], result.errors[0]["extensions"]["value"]) == ("name", "pARTS")


async def test_the_primary_field_must_read_as_a_title(api: Api, owner: Person, base: str) -> None:
    result = await create(api, owner, base, fields=[{"name": "Tags", "type": "MULTI_SELECT"}])

    assert result.codes == ["BAD_REQUEST"]
    assert "cannot be the primary field" in result.errors[0]["message"]
    assert "TEXT, " in result.errors[0]["message"]


async def test_500_fields_fit_and_501_do_not(api: Api, owner: Person, base: str) -> None:
    fields = [{"name": f"F{number}", "type": "NUMBER"} for number in range(501)]

    refused = await create(api, owner, base, fields=fields)
    made = await create(api, owner, base, fields=fields[:500])

    assert refused.codes == ["BAD_REQUEST"]
    assert refused.errors[0]["message"] == "A table may have at most 500 fields, not 501."
    assert len(made.ok["createTable"]["table"]["fields"]) == 500


async def test_a_failed_operation_leaves_neither_row_nor_column(
    api: Api, owner: Person, base: str, services: Services
) -> None:
    before = await snapshot(services.database)
    document = """
        mutation ($good: CreateTableInput!, $bad: CreateTableInput!) {
          good: createTable(input: $good) { table { id } }
          bad: createTable(input: $bad) { table { id } }
        }
    """
    variables = {"good": {"baseId": base, "name": "T"}, "bad": {"baseId": base, "name": "t"}}

    result = await api.execute(document, variables, as_=owner)

    assert (result.data, result.codes) == (None, ["DUPLICATE_VALUE"])
    assert await snapshot(services.database) == before


async def test_an_indexed_field_has_indexes_for_its_order_and_for_equality(
    api: Api, owner: Person, base: str, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    fields = [{"name": "A", "type": "TEXT", "isIndexed": True}, {"name": "B", "type": "NUMBER", "isIndexed": True}]

    await create(api, owner, base, fields=fields)

    rows = await pg.fetch("SELECT indexdef FROM pg_indexes WHERE schemaname LIKE 'base%' ORDER BY indexname")
    assert [re.sub(r"f_\d+", "f", row["indexdef"].partition("USING ")[2]) for row in rows] == [
        "btree (f NULLS FIRST, id)",
        'btree (lower("left"(f, 200)) COLLATE "C" NULLS FIRST, id)',
        "btree (f NULLS FIRST, id)",
        "btree (id)",
    ]
