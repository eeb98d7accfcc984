"""NUL, lone surrogates and numbers out of range, in fields of every type: typed errors, and nothing is written."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from domain.fields.contract import FieldType
from tests.support.api import Api
from tests.support.field_types import standalone_types
from tests.support.records import Records
from tests.support.refusals import assert_clean
from tests.support.tables import make_table

State = Callable[[], Awaitable[object]]
TYPES = [pytest.param(type, id=key) for key, type in standalone_types().items()]
CREATE = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { record { fields } } }"
HOSTILE = [
    "\x00", "a\x00b", ["\x00"], {"\x00": "\x00"}, {"value": "\x00"}, {"url": "\x00", "name": "\x00"},
    1e308, -1e308, 5e-324, 2**63, -(2**63) - 1, 2**64 - 1, 10**30, [1e308], {"value": 1e308, "unit": "mm"},
    {"nominal": -1e308, "upper": 1e308}, "9" * 400, "1e999", "NaN", "Infinity", "-Infinity",
    "999999-01-01", "P999999999Y",
]  # fmt: skip
NO_JSON = [r'"\ud800"', r'"\udfff x"', r'["\ud800"]', r'{"\ud800": 1}', "NaN", "Infinity", "[-Infinity]", "1e999"]


def options_of(type: FieldType[Any]) -> dict[str, Any]:
    """Options that the type can be made with."""
    return next((dict(example.options) for example in type.bad_examples), {})


async def a_table(api: Api, type: FieldType[Any]) -> Records:
    """A table with a field `X` of this type."""
    fields = [{"name": "X", "type": type.key.upper(), "options": options_of(type)}]
    return Records(api, await make_table(api, [{"name": "Name", "type": "TEXT"}, *fields]))


@pytest.mark.parametrize("typecast", [False, True])
@pytest.mark.parametrize("type", TYPES)
async def test_hostile_values_are_refused_or_taken_as_they_are(api: Api, type: FieldType[Any], typecast: bool) -> None:
    records = await a_table(api, type)
    for value in HOSTILE:
        given = {"tableId": records.table.id, "fields": {"X": value}, "typecast": typecast}
        result = await records.run(CREATE, {"input": given})
        assert_clean(result)
        assert set(result.codes) <= {"VALIDATION_ERROR", "BAD_REQUEST", "FOREIGN_KEY_VIOLATION"}, (value, result.body)
    stored = await records.all()
    assert all("\x00" not in str(fields["X"]) for fields in stored)


@pytest.mark.parametrize("type", TYPES)
async def test_what_json_does_not_have_is_refused(api: Api, state: State, type: FieldType[Any]) -> None:
    records = await a_table(api, type)
    before = await state()
    for text in NO_JSON:
        variables = f'{{"input": {{"tableId": "{records.table.id}", "fields": {{"X": {text}}}}}}}'
        result = await records.send(CREATE, variables)
        assert (result.status, result.codes) == (400, ["BAD_REQUEST"])
    assert await state() == before


@pytest.mark.parametrize("type", TYPES)
async def test_hostile_values_in_filters_are_refused_or_match_nothing(api: Api, type: FieldType[Any]) -> None:
    records = await a_table(api, type)
    for operator in type.conditions:
        for value in HOSTILE:
            condition = {"field": "X", "operator": operator.name, "value": value}
            result = await records.page(selection="totalCount", filter=condition)
            assert_clean(result)
            assert set(result.codes) <= {"BAD_REQUEST", "VALIDATION_ERROR"}, (condition, result.body)
