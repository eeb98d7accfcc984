"""Input objects that are made without Strawberry's walk are the same ones."""

from typing import Any

import pytest
import strawberry
from strawberry.types.arguments import convert_argument

from graph.execution.conversion import prepare_inputs
from graph.records.inputs import OrderDirection, RecordFilter, RecordOrder
from graph.records.operators import FilterOperator
from graph.schema import build_schema

SCHEMA = build_schema()


def made(value: Any, of: Any) -> Any:
    """What Strawberry makes of a coerced argument; prepared types are made by us."""
    return convert_argument(value, of, SCHEMA.schema_converter.scalar_registry, SCHEMA.config)


def test_nested_inputs_lists_enums_and_renamed_fields_are_made() -> None:
    leaf = {"field": "Price", "operator": FilterOperator.GT, "value": [1, {"a": None}]}
    value = {"and": [leaf, {"not": leaf}], "or": None}
    expected_leaf = RecordFilter(field="Price", operator=FilterOperator.GT, value=[1, {"a": None}])
    expected = RecordFilter(and_=[expected_leaf, RecordFilter(not_=expected_leaf)], or_=None)
    assert made(value, RecordFilter) == expected


def test_what_is_left_out_gets_the_default_of_the_class() -> None:
    assert made({"field": "Price"}, RecordOrder) == RecordOrder(field="Price", direction=OrderDirection.ASC)
    assert made({"field": "Price", "direction": None}, RecordOrder) == RecordOrder(field="Price", direction=None)


def test_a_prepared_input_is_made_as_an_unprepared_one() -> None:
    @strawberry.input
    class Inner:
        text: str

    @strawberry.input
    class Outer:
        needed_list: list[Inner | None]
        optional: int | None
        unset: str | None = strawberry.UNSET

    @strawberry.type
    class Query:
        @strawberry.field
        def shown(self, outer: Outer) -> str:
            return repr(outer)

    document = '{ shown(outer: { neededList: [{ text: "a" }, null] }) }'
    schema = strawberry.Schema(Query)
    before = schema.execute_sync(document)
    prepare_inputs(schema)
    assert schema.execute_sync(document) == before
    assert before.errors is None
    assert "unset=UNSET" in before.data["shown"]


@pytest.mark.parametrize("name", ["UpdateMeInput", "UpdateApiKeyInput"])
def test_inputs_that_tell_null_from_absent_stay_with_strawberry(name: str) -> None:
    definition: Any = SCHEMA.schema_converter.type_map[name].definition
    assert definition.from_input is None
