"""createRecord: what goes in comes out, defaults, required fields, typecasting, and the place of every bad value."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from domain.records.values import MAX_HINTS
from tests.graph.records.conftest import EMPTY
from tests.support.api import Api
from tests.support.records import Records
from tests.support.refusals import refusal
from tests.support.tables import MadeTable, make_table

State = Callable[[], Awaitable[object]]


async def test_values_come_out_as_they_went_in(records: Records) -> None:
    given = {
        "Name": "Bolt", "Price": 2.50, "Ready": True, "Day": "2026-01-02", "At": "2026-01-01T10:00:00+02:00",
        "Status": "Open",
    }  # fmt: skip
    record = (await records.create(given)).ok["createRecord"]["record"]
    assert record["revision"] == 1
    assert record["fields"] == {**given, "At": "2026-01-01T08:00:00Z"}
    assert await records.all() == [record["fields"]]


async def test_what_is_not_given_is_empty(records: Records) -> None:
    assert (await records.create({})).ok["createRecord"]["record"]["fields"] == EMPTY


async def test_fields_are_named_by_id_or_by_name(records: Records, table: MadeTable) -> None:
    given = {table.fields["Name"]: "by id", "Price": 1}
    record = (await records.create(given)).ok["createRecord"]["record"]
    assert record["fields"] == {**EMPTY, "Name": "by id", "Price": 1}


async def test_a_field_given_by_id_and_by_name_is_refused(records: Records, table: MadeTable, state: State) -> None:
    before = await state()
    refused = refusal(await records.create({table.fields["Name"]: "a", "Name": "b"}), "VALIDATION_ERROR")
    assert refused["errors"] == [
        {
            "loc": ["Name"],
            "msg": "The field is given twice, by id and by name.",
            "type": "value_error.field_twice",
            "recordIndex": 0,
        }
    ]
    assert await state() == before


async def test_an_unknown_field_is_refused_with_those_that_there_are(records: Records, state: State) -> None:
    before = await state()
    refused = refusal(await records.create({"Colour": "red"}), "VALIDATION_ERROR")
    assert refused["field"] == "Colour"
    assert refused["recordIndex"] == 0
    assert refused["message"] == (
        "Record 0: Field 'Colour': The table 'Parts' has no such field. "
        "It has: 'Name', 'Price', 'Ready', 'Day', 'At', 'Status'."
    )
    assert await state() == before


async def test_the_first_unknown_fields_of_a_batch_are_told_what_may_have_been_meant(records: Records) -> None:
    refused = refusal(await records.create_all([{"Prise": 1}] * 7), "VALIDATION_ERROR")

    hints = ["Did you mean 'Price'? It has:" in each["msg"] for each in refused["errors"]]

    assert hints == [True] * MAX_HINTS + [False] * 2


async def test_names_of_fields_are_exact(records: Records) -> None:
    assert refusal(await records.create({"name": "x"}), "VALIDATION_ERROR")["field"] == "name"
    assert refusal(await records.create({" Name": "x"}), "VALIDATION_ERROR")["field"] == " Name"


async def test_every_bad_value_is_reported_with_its_place(records: Records, state: State) -> None:
    before = await state()
    bad = {"Name": 5, "Price": "2", "Ready": "yes", "Day": "2026-02-30", "At": "soon", "Status": "Lost", "Zip": 1}
    refused = refusal(await records.create(bad), "VALIDATION_ERROR")
    assert [(each["loc"], each["type"]) for each in refused["errors"]] == [
        (["Name"], "value_error.type"),
        (["Price"], "value_error.type"),
        (["Ready"], "value_error.type"),
        (["Day"], "value_error.format"),
        (["At"], "value_error.format"),
        (["Status"], "value_error.choice"),
        (["Zip"], "value_error.unknown_field"),
    ]
    assert (refused["field"], refused["value"], refused["recordIndex"]) == ("Name", 5, 0)
    assert refused["message"].endswith("(and 6 more)")
    assert await state() == before


async def test_typecast_converts_what_can_be_understood(records: Records) -> None:
    given = {"Name": 5, "Price": "1,250.5", "Ready": "yes", "Day": "Jan 2, 2026", "At": "2026-01-01", "Status": "open"}
    assert refusal(await records.create(given), "VALIDATION_ERROR")["field"] == "Name"
    record = (await records.create(given, typecast=True)).ok["createRecord"]["record"]
    assert record["fields"] == {
        "Name": "5", "Price": 1250.5, "Ready": True, "Day": "2026-01-02", "At": "2026-01-01T00:00:00Z",
        "Status": "Open",
    }  # fmt: skip


async def test_typecast_still_refuses_what_means_nothing(records: Records, state: State) -> None:
    before = await state()
    refused = refusal(await records.create({"Price": "much", "Status": "Lost"}, typecast=True), "VALIDATION_ERROR")
    assert [each["loc"] for each in refused["errors"]] == [["Price"], ["Status"]]
    assert await state() == before


@pytest.mark.parametrize("fields", [None, [], "Name", 7, True, [{"Name": "x"}]])
async def test_fields_must_be_an_object(records: Records, state: State, fields: Any) -> None:
    before = await state()
    code = "BAD_REQUEST" if fields is None else "VALIDATION_ERROR"
    refusal(await records.create(fields), code)
    assert await state() == before


async def test_defaults_fill_what_is_not_named(api: Api) -> None:
    table = await make_table(
        api,
        [
            {"name": "Name", "type": "TEXT", "defaultValue": "new"},
            {"name": "Count", "type": "NUMBER", "defaultValue": 0},
            {"name": "Kind", "type": "SINGLE_SELECT", "defaultValue": "B", "options": {"choices": ["A", "B"]}},
        ],
    )
    records = Records(api, table)
    assert (await records.create({})).ok["createRecord"]["record"]["fields"] == {"Name": "new", "Count": 0, "Kind": "B"}
    explicit = (await records.create({"Name": None, "Count": 5})).ok["createRecord"]["record"]["fields"]
    assert explicit == {"Name": None, "Count": 5, "Kind": "B"}


async def test_a_default_may_be_replaced_while_its_field_is_required(api: Api) -> None:
    fields = [{"name": "Name", "type": "TEXT", "isRequired": True, "defaultValue": "new"}]
    records = Records(api, await make_table(api, fields))
    assert (await records.create({})).ok["createRecord"]["record"]["fields"] == {"Name": "new"}
    assert refusal(await records.create({"Name": None}), "REQUIRED_FIELD")["field"] == "Name"
    assert refusal(await records.create({"Name": ""}), "REQUIRED_FIELD")["field"] == "Name"


async def test_missing_required_values_have_a_code_of_their_own(api: Api, state: State) -> None:
    fields = [{"name": name, "type": "TEXT", "isRequired": True} for name in ("Name", "Code")]
    records = Records(api, await make_table(api, [*fields, {"name": "Price", "type": "NUMBER"}]))
    before = await state()
    refused = refusal(await records.create({"Price": 1}), "REQUIRED_FIELD")
    assert [each["loc"] for each in refused["errors"]] == [["Name"], ["Code"]]
    mixed = refusal(await records.create({"Price": "1"}), "VALIDATION_ERROR")
    assert [each["loc"] for each in mixed["errors"]] == [["Price"], ["Name"], ["Code"]]
    assert await state() == before


async def test_a_bad_value_of_a_required_field_is_one_problem(api: Api) -> None:
    records = Records(api, await make_table(api, [{"name": "Name", "type": "TEXT", "isRequired": True}]))
    refused = refusal(await records.create({"Name": 5}), "VALIDATION_ERROR")
    assert [each["type"] for each in refused["errors"]] == ["value_error.type"]


async def test_a_read_only_field_is_refused(api: Api, state: State) -> None:
    fields = [{"name": "Name", "type": "TEXT"}, {"name": "No", "type": "AUTONUMBER"}]
    records = Records(api, await make_table(api, fields))
    before = await state()
    refused = refusal(await records.create({"No": 7}), "VALIDATION_ERROR")
    assert refused["errors"][0]["type"] == "value_error.read_only"
    assert refused["field"] == "No"
    assert await state() == before
    assert (await records.create({"Name": "a"})).ok["createRecord"]["record"]["fields"] == {"Name": "a", "No": 1}


async def test_a_user_who_is_no_member_is_a_foreign_key_violation(api: Api, state: State) -> None:
    fields = [{"name": "Name", "type": "TEXT"}, {"name": "Owner", "type": "USER"}]
    table = await make_table(api, fields)
    records, stranger = Records(api, table), await api.register()
    before = await state()
    refused = refusal(await records.create({"Owner": stranger.id}), "FOREIGN_KEY_VIOLATION")
    assert (refused["field"], refused["value"], refused["recordIndex"]) == ("Owner", str(stranger.id), 0)
    assert refused["message"] == f"Record 0: Field 'Owner': No member of this workspace has the user id {stranger.id}."
    assert await state() == before
    made = (await records.create({"Owner": table.owner.id})).ok["createRecord"]["record"]
    assert made["fields"]["Owner"] == str(table.owner.id)


async def test_an_unknown_table_is_not_found(api: Api, table: MadeTable, state: State) -> None:
    before = await state()
    for id in (uuid4(), table.base_id, table.fields["Name"]):
        other = MadeTable(table.owner, table.workspace_id, table.base_id, id, {})
        refused = refusal(await Records(api, other).create({"Name": "x"}), "NOT_FOUND")
        assert refused["message"] == f"There is no table with id {id}."
    assert await state() == before


async def test_an_id_that_is_no_uuid_is_a_bad_request(api: Api, table: MadeTable) -> None:
    for id in ("", "7", "x" * 36, f"{table.id}0", "../../etc/passwd", "' OR 1=1 --"):
        other = MadeTable(table.owner, table.workspace_id, table.base_id, id, {})  # type: ignore[arg-type]  # bad input
        assert refusal(await Records(api, other).create({}), "BAD_REQUEST")["argument"] == "tableId"


async def test_variables_inside_a_literal_object_are_taken(records: Records, table: MadeTable) -> None:
    document = """
        mutation ($table: ID!, $name: String, $price: JSON) {
          createRecord(input: { tableId: $table, fields: { Name: $name, Price: $price, Ready: true } }) {
            record { fields(only: ["Name", "Price", "Ready"]) }
          }
        }
    """
    result = await records.run(document, {"table": table.id, "name": "Bolt", "price": 2.5})
    assert result.ok["createRecord"]["record"]["fields"] == {"Name": "Bolt", "Price": 2.5, "Ready": True}
