"""All root fields of a mutation operation are one transaction, in the order in which they stand."""

from collections.abc import Awaitable, Callable

from tests.graph.records.conftest import EMPTY
from tests.support.api import Api
from tests.support.records import Records
from tests.support.refusals import refusal
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable

State = Callable[[], Awaitable[object]]
Statements = Callable[[], StatementLog]


async def test_the_second_field_fails_and_the_first_is_gone(records: Records, table: MadeTable, state: State) -> None:
    before = await state()
    document = """
        mutation ($table: ID!) {
          good: createRecord(input: { tableId: $table, fields: { Name: "a" } }) { record { id } }
          bad: createRecord(input: { tableId: $table, fields: { Name: 1 } }) { record { id } }
        }
    """
    result = await records.run(document, {"table": table.id})
    refused = refusal(result, "VALIDATION_ERROR")
    assert result.data is None
    assert result.errors[0]["path"] == ["bad"]
    assert (refused["field"], refused["recordIndex"]) == ("Name", 0)
    assert await state() == before


async def test_the_first_field_fails_and_the_second_is_not_done(
    records: Records, table: MadeTable, state: State
) -> None:
    before = await state()
    document = """
        mutation ($table: ID!) {
          bad: createRecord(input: { tableId: $table, fields: { Name: 1 } }) { record { id } }
          good: createRecord(input: { tableId: $table, fields: { Name: "a" } }) { record { id } }
        }
    """
    result = await records.run(document, {"table": table.id})
    assert result.data is None
    assert set(result.codes) <= {"VALIDATION_ERROR"}
    assert await state() == before


async def test_aliases_of_one_mutation_run_in_order(records: Records, table: MadeTable, parts: list[str]) -> None:
    document = """
        mutation ($id: ID!) {
          one: updateRecord(input: { id: $id, fields: { Price: 1 }, ifRevision: 1 }) { record { revision fields } }
          two: updateRecord(input: { id: $id, fields: { Price: 2 }, ifRevision: 2 }) { record { revision fields } }
          three: updateRecord(input: { id: $id, fields: { Price: 3 } }) { record { revision fields } }
        }
    """
    done = (await records.run(document, {"id": parts[3]})).ok
    assert list(done) == ["one", "two", "three"]
    assert [done[key]["record"]["revision"] for key in done] == [2, 3, 4]
    assert [done[key]["record"]["fields"]["Price"] for key in done] == [1, 2, 3]


async def test_later_fields_see_what_earlier_ones_wrote(records: Records, table: MadeTable, parts: list[str]) -> None:
    document = """
        mutation ($table: ID!, $id: ID!) {
          deleteRecords(input: { tableId: $table, ids: [$id] }) { deletedIds }
          upsertRecords(input: { tableId: $table, mergeOn: ["Name"], records: [{ Name: "Bolt" }, { Name: "nut" }] }) {
            createdIds updatedIds records { table { records { totalCount } } }
          }
        }
    """
    done = (await records.run(document, {"table": table.id, "id": parts[0]})).ok
    assert len(done["upsertRecords"]["createdIds"]) == 1
    assert done["upsertRecords"]["updatedIds"] == [parts[1]]
    assert done["upsertRecords"]["records"] == [{"table": {"records": {"totalCount": 5}}}] * 2


async def test_a_field_and_a_record_that_needs_it_are_one_operation(records: Records, table: MadeTable) -> None:
    document = """
        mutation ($table: ID!) {
          first: createRecord(input: { tableId: $table, fields: { Name: "before" } }) { record { fields } }
          createField(input: { tableId: $table, field: { name: "Color", type: TEXT, defaultValue: "red" } }) {
            field { name }
          }
          second: createRecord(input: { tableId: $table, fields: { Name: "after", Price: 1 } }) { record { fields } }
        }
    """
    done = (await records.run(document, {"table": table.id})).ok
    assert done["first"]["record"]["fields"] == {**EMPTY, "Name": "before"}
    assert done["second"]["record"]["fields"] == {**EMPTY, "Name": "after", "Price": 1, "Color": "red"}
    assert [fields["Color"] for fields in await records.all()] == [None, "red"]


async def test_metadata_of_a_rolled_back_operation_is_forgotten(
    records: Records, table: MadeTable, parts: list[str], state: State
) -> None:
    before = await state()
    document = """
        mutation ($table: ID!, $price: ID!) {
          createField(input: { tableId: $table, field: { name: "Color", type: TEXT } }) { field { name } }
          updateField(input: { id: $price, name: "Cost" }) { field { name } }
          createRecord(input: { tableId: $table, fields: { Color: "red", Cost: 1 } }) {
            record { fields table { base { name } } }
          }
          bad: createRecord(input: { tableId: $table, fields: { Nothing: 1 } }) { record { id } }
        }
    """
    for _ in range(2):
        result = await records.run(document, {"table": table.id, "price": table.fields["Price"]})
        assert refusal(result, "VALIDATION_ERROR")["message"] == (
            "Record 0: Field 'Nothing': The table 'Parts' has no such field. "
            "It has: 'Name', 'Cost', 'Ready', 'Day', 'At', 'Status', 'Color'."
        )
        assert await state() == before
        assert list((await records.all())[0]) == list(EMPTY)
        assert refusal(await records.create({"Color": "red"}), "VALIDATION_ERROR")["field"] == "Color"


async def test_a_schema_version_that_was_rolled_back_can_mean_something_else_later(
    records: Records, table: MadeTable
) -> None:
    rename = "updateField(input: { id: $price, name: %s }) { field { name } }"
    create = "createRecord(input: { tableId: $table, fields: { %s: 1 } }) { record { fields } }"
    failing = "bad: createRecord(input: { tableId: $table, fields: { Nothing: 1 } }) { record { id } }"
    head = "mutation ($table: ID!, $price: ID!) {"
    variables = {"table": table.id, "price": table.fields["Price"]}
    lost = " ".join([head, rename % '"Cost"', create % "Cost", failing, "}"])
    refusal(await records.run(lost, variables), "VALIDATION_ERROR")
    kept = " ".join([head, rename % '"Value"', create % "Value", "}"])
    done = (await records.run(kept, variables)).ok
    assert done["createRecord"]["record"]["fields"]["Value"] == 1
    assert (await records.create({"Value": 2})).ok["createRecord"]["record"]["fields"]["Value"] == 2
    assert [fields["Value"] for fields in await records.all()] == [1, 2]


async def test_a_selection_that_fails_after_the_write_rolls_it_back(records: Records, state: State) -> None:
    before = await state()
    for selection in (
        'value(field: "Nothing")',
        'value(field: "Nothing") table { base { name } }',
        'fields(only: ["Name", "Nothing"]) table { base { name } }',
        'table { base { name } records(orderBy: [{ field: "Nothing" }]) { totalCount } }',
    ):
        refusal(await records.create({"Name": "a"}, selection=selection), "BAD_REQUEST")
        refusal(await records.create_all([{"Name": "a"}], selection=selection), "BAD_REQUEST")
        assert await state() == before


async def test_one_create_costs_one_statement_and_no_transaction(records: Records, statements: Statements) -> None:
    await records.create({"Name": "warm"})
    with statements() as seen:
        assert (await records.create({"Name": "a"})).ok
    assert (seen.count, seen.transactions) == (1, [])


async def test_each_lone_mutation_costs_one_statement(
    records: Records, parts: list[str], statements: Statements
) -> None:
    async def all_of_them(ids: list[str]) -> None:
        assert (await records.create_all([{"Name": "a"}, {"Name": "b"}])).ok
        assert (await records.update(ids[0], {"Name": "c"})).ok
        assert (await records.update_all([{"id": id, "fields": {"Price": 1}} for id in ids])).ok
        assert (await records.delete(ids)).ok

    await all_of_them(parts[:2])
    with statements() as seen:
        await all_of_them(parts[2:4])
    assert (seen.count, seen.transactions) == (4, [])


async def test_several_root_fields_are_one_transaction(
    records: Records, table: MadeTable, statements: Statements
) -> None:
    document = """
        mutation ($table: ID!) {
          a: createRecord(input: { tableId: $table, fields: { Name: "a" } }) { record { id } }
          b: createRecord(input: { tableId: $table, fields: { Name: "b" } }) { record { id } }
        }
    """
    await records.run(document, {"table": table.id})
    with statements() as seen:
        assert (await records.run(document, {"table": table.id})).ok
    assert (seen.count, seen.transactions) == (2, ["BEGIN;", "COMMIT;"])


async def test_a_failed_operation_is_one_transaction_rolled_back(
    records: Records, table: MadeTable, statements: Statements
) -> None:
    document = """
        mutation ($table: ID!) {
          a: createRecord(input: { tableId: $table, fields: { Name: "a" } }) { record { id } }
          b: createRecord(input: { tableId: $table, fields: { Name: 1 } }) { record { id } }
        }
    """
    with statements() as seen:
        refusal(await records.run(document, {"table": table.id}), "VALIDATION_ERROR")
    assert seen.transactions == ["BEGIN;", "ROLLBACK;"]


async def test_fields_behind_fragments_are_in_the_transaction_too(
    api: Api, records: Records, table: MadeTable, state: State
) -> None:
    before = await state()
    document = """
        mutation ($table: ID!, $yes: Boolean = true) {
          ... on Mutation @include(if: $yes) {
            good: createRecord(input: { tableId: $table, fields: { Name: "a" } }) { record { id } }
          }
          ...Bad
        }
        fragment Bad on Mutation { createRecord(input: { tableId: $table, fields: { Name: 1 } }) { record { id } } }
    """
    refusal(await records.run(document, {"table": table.id}), "VALIDATION_ERROR")
    assert await state() == before
    assert (await records.run(document, {"table": table.id, "yes": False})).codes == ["VALIDATION_ERROR"]
