"""Values that no field takes: each is refused with its field and its kind, and nothing is written."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest

from domain.fields.contract import BadExample, FieldType
from tests.support.api import Api
from tests.support.field_types import standalone_types
from tests.support.records import Records
from tests.support.refusals import refusal
from tests.support.tables import make_table

State = Callable[[], Awaitable[object]]


def can_be_sent(value: object) -> bool:
    """Whether JSON can carry the value."""
    try:
        return bool(orjson.loads(json.dumps(value, allow_nan=False, ensure_ascii=False)) == value)
    except ValueError:
        return False


BAD = [
    (type, example)
    for type in standalone_types().values()
    for example in type.bad_examples
    if type.is_writable and can_be_sent(example.value)
]


def field_of(type: FieldType[Any], example: BadExample) -> dict[str, Any]:
    name = f"{type.key} {json.dumps(example.options, sort_keys=True)}"[:255]
    return {"name": name, "type": type.key.upper(), "options": dict(example.options)}


@pytest.fixture
async def all_kinds(api: Api) -> Records:
    """A table with a field for each type and options of the bad examples."""
    fields = {field["name"]: field for field in (field_of(*each) for each in BAD)}
    return Records(api, await make_table(api, [{"name": "Name", "type": "TEXT"}, *fields.values()]))


async def test_every_bad_example_of_every_type_is_reported_at_once(all_kinds: Records, state: State) -> None:
    before = await state()
    names = [field_of(*each)["name"] for each in BAD]
    given = [{name: example.value} for name, (_, example) in zip(names, BAD, strict=True)]
    refused = refusal(await all_kinds.create_all(given), "VALIDATION_ERROR")
    assert [(each["recordIndex"], each["loc"][0], each["type"]) for each in refused["errors"]] == [
        (i, name, example.type) for i, (name, (_, example)) in enumerate(zip(names, BAD, strict=True))
    ]
    assert await state() == before


async def test_every_bad_example_is_refused_alone(all_kinds: Records, state: State) -> None:
    before = await state()
    for type, example in BAD:
        name = field_of(type, example)["name"]
        refused = refusal(await all_kinds.create({name: example.value}), "VALIDATION_ERROR")
        assert (refused["field"], refused["errors"][0]["type"]) == (name, example.type)
    assert await state() == before


LITERALS = [
    "123456789012345678901234567890", "-1e400", "1e-400", "1e308", "true", "{a: 1}", "[[[]]]", "SOME_ENUM", '"""x"""',
]  # fmt: skip


@pytest.mark.parametrize("literal", LITERALS)
async def test_odd_literals_in_a_document_are_taken_or_refused(records: Records, literal: str) -> None:
    for field in ("Name", "Price", "Ready", "Day", "At", "Status"):
        document = f"""
            mutation ($table: ID!) {{
              createRecord(input: {{ tableId: $table, fields: {{ {field}: {literal} }} }}) {{ record {{ fields }} }}
            }}
        """
        result = await records.run(document, {"table": records.table.id})
        if result.errors:
            assert refusal(result, "VALIDATION_ERROR")["field"] == field


@pytest.mark.parametrize("depth", [10, 40, 60])
@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("typecast", ["false", "true"])
async def test_deeply_nested_values_are_refused_or_become_text(
    records: Records, depth: int, start: str, end: str, typecast: str
) -> None:
    nested = f"{start * depth}1{end * depth}"
    document = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { record { fields } } }"
    fields = f'{{"Name": {nested}, "Price": 1}}'
    variables = f'{{"input": {{"tableId": "{records.table.id}", "typecast": {typecast}, "fields": {fields}}}}}'
    result = await records.send(document, variables)
    if result.errors:
        assert refusal(result, "VALIDATION_ERROR")["field"] == "Name"
    else:
        assert typecast == "true"
        assert len(await records.all()) == 1


async def test_nesting_beyond_what_json_takes_is_a_bad_request(records: Records, state: State) -> None:
    before = await state()
    document = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { record { id } } }"
    for depth in (62, 1_000, 5_000):  # two levels are the request and its variables, and a third is the input
        nested = "[" * depth + "]" * depth
        result = await records.send(document, f'{{"input": {{"tableId": "{records.table.id}", "fields": {nested}}}}}')
        refusal(result, "BAD_REQUEST")
    assert await state() == before


async def test_a_long_value_is_not_sent_back(records: Records) -> None:
    refused = refusal(await records.create({"Price": "x" * 100_000}), "VALIDATION_ERROR")
    assert "value" not in refused
    assert len(refused["message"]) < 200
    assert refusal(await records.create({"Price": "x" * 300}), "VALIDATION_ERROR")["value"] == "x" * 300


async def test_texts_have_limits(api: Api, state: State) -> None:
    fields = [{"name": "Name", "type": "TEXT", "options": {"max_length": 5}}, {"name": "Notes", "type": "LONG_TEXT"}]
    records = Records(api, await make_table(api, fields))
    before = await state()
    refused = refusal(await records.create({"Name": "123456", "Notes": "x" * 100_001}), "VALIDATION_ERROR")
    assert [each["msg"] for each in refused["errors"]] == [
        "The text may have at most 5 characters, not 6.",
        "The text may have at most 100,000 characters, not 100,001.",
    ]
    assert await state() == before
    made = await records.create({"Name": "12345", "Notes": "🔩" * 100_000})
    assert made.ok["createRecord"]["record"]["fields"]["Notes"] == "🔩" * 100_000


TEXTS = [
    "'", '"', "\\", "\\'", "%", "_", "$1", "$$", "{}", "{0}", "%s", "--", "/* */", "; DROP TABLE users",
    "\n\r\t\x0b", "\x01\x1f\x7f", "\u2028\u2029", "مرحبا", "\u202eabc", "\U0001f469\u200d\U0001f467", "é", "e\u0301",
    "\ufeff", "\uffff", "𝒳", "null", " ", "  a  ",
]  # fmt: skip


async def test_any_text_comes_out_as_it_went_in_and_is_found(records: Records) -> None:
    made = await records.create_all([{"Name": text} for text in TEXTS])
    ids = [record["id"] for record in made.ok["createRecords"]["records"]]
    assert [fields["Name"] for fields in await records.all()] == TEXTS
    for id, text in zip(ids, TEXTS, strict=True):
        assert (await records.get(id, selection='value(field: "Name")')).ok["record"]["value"] == text
        for operator in ("EQ", "CONTAINS", "STARTS_WITH", "ENDS_WITH"):
            condition = {"field": "Name", "operator": operator, "value": text}
            found = (await records.page(filter=condition, selection="nodes { id }")).ok["records"]["nodes"]
            assert id in [node["id"] for node in found]
    fallback = (await records.page(selection="nodes { fields table { base { id } } }", first=100)).ok["records"][
        "nodes"
    ]
    assert [node["fields"]["Name"] for node in fallback] == TEXTS
