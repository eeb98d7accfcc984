"""What resolvers answer, where a selection is not covered by a statement, is what the statement would answer."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.support.api import Api
from tests.support.field_types import standalone_types
from tests.support.records import Records
from tests.support.tables import make_table

EXAMPLES = [
    (type, example)
    for type in standalone_types().values()
    for example in type.examples
    if type.is_writable and type.references is None
]
NUMBERS = [0, 1, -1, 0.1, 1e-9, 123456.789, 2**53, -(2**53), 2.0**63, 2.0**64, 1e20, -9e20, 12345678901234567000]
COVERED = "table { id name }"
NOT_COVERED = "table { id name base { name } }"
RECORD = (
    "__typename id revision createdAt updatedAt fields byId: fields(keyBy: ID) createdBy { id email } updatedBy { id }"
)


def exactly(text: str) -> Any:
    """A response with its numbers as they are written."""
    return json.loads(text, parse_float=str, parse_int=str)


@pytest.fixture
async def examples(api: Api) -> Records:
    """A table with a record for each example of each type, and for each of some numbers."""
    fields = [
        {"name": f"F{i}", "type": type.key.upper(), "options": dict(example.options)}
        for i, (type, example) in enumerate(EXAMPLES)
    ]
    number = {"name": "Number", "type": "NUMBER"}
    records = Records(api, await make_table(api, [{"name": "Name", "type": "TEXT"}, number, *fields]))
    given = [{f"F{i}": example.value} for i, (_, example) in enumerate(EXAMPLES)]
    assert (await records.create_all(given, typecast=True)).ok
    assert (await records.create_all([{"Number": number} for number in NUMBERS])).ok
    return records


async def test_a_page_by_resolvers_is_the_page_by_a_statement(examples: Records) -> None:
    page = "totalCount edges {{ cursor node {{ {0} }} }} pageInfo {{ hasNextPage endCursor }}"
    fast, slow = [
        exactly((await post(examples, page.format(f"{RECORD} {table}"))).text)["data"]["records"]
        for table in (COVERED, NOT_COVERED)
    ]
    for edge in slow["edges"]:
        assert edge["node"]["table"].pop("base") == {"name": "Base"}
    assert slow == fast
    numbers = [edge["node"]["fields"]["Number"] for edge in fast["edges"]][-len(NUMBERS) :]
    assert [Decimal(number) for number in numbers] == [Decimal(repr(number)) for number in NUMBERS]


async def post(records: Records, selection: str) -> Any:
    document = f"query ($id: ID!) {{ records(tableId: $id, first: 1000) {{ {selection} }} }}"
    body = {"query": document, "variables": {"id": str(records.table.id)}}
    headers = {"Authorization": f"Bearer {records.table.owner.access_token}"}
    return await records.api.http.post("/graphql", json=body, headers=headers)


async def test_each_example_comes_out_as_its_type_says(examples: Records) -> None:
    nodes = (await examples.page(first=1000, selection=f"nodes {{ fields {NOT_COVERED} }}")).ok["records"]["nodes"]
    for i, (type, example) in enumerate(EXAMPLES):
        assert nodes[i]["fields"][f"F{i}"] == example.output, (type.key, example)


async def test_writes_answered_by_resolvers_are_those_answered_by_a_statement(api: Api) -> None:
    fields = [{"name": "Name", "type": "TEXT"}, {"name": "Number", "type": "NUMBER"}]
    records = Records(api, await make_table(api, fields))
    for number in NUMBERS:
        made = (await records.create({"Number": number}, selection=f"{RECORD} {NOT_COVERED}")).ok["createRecord"]
        read = (await records.get(made["record"]["id"], selection=f"{RECORD} {NOT_COVERED}")).ok["record"]
        plain = (await records.get(made["record"]["id"], selection=f"{RECORD} {COVERED}")).ok["record"]
        assert made["record"] == read
        assert read["table"].pop("base") == {"name": "Base"}
        assert read == plain


async def test_one_field_may_be_chosen_twice(records: Records, parts: list[str]) -> None:
    chosen = f'fields(only: ["Name", "Price", "Name", "{records.table.fields["Name"]}"]) none: fields(only: [])'
    for table in (COVERED, NOT_COVERED):
        record = (await records.get(parts[0], selection=f"{chosen} {table}")).ok["record"]
        assert record["fields"] == {"Name": "Bolt", "Price": 2.5}
        assert record["none"] == {}
