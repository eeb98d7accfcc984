"""What a write hears that violates a unique constraint: which field, which value, which record of the batch."""

import asyncio
from typing import Any

import pytest

from tests.support.api import Api, Result
from tests.support.constraints import make_unique
from tests.support.imports import run_import
from tests.support.records import Records
from tests.support.tables import MadeTable, create_records


def violation(result: Result) -> dict[str, Any]:
    """The extensions of the one error, which must be a violation and have left nothing."""
    assert result.data is None
    (error,) = result.errors
    assert error["extensions"]["code"] == "DUPLICATE_VALUE"
    return {key: value for key, value in error["extensions"].items() if key != "code"}


async def names(records: Records) -> list[Any]:
    return [record["Name"] for record in await records.all()]


async def test_a_value_that_is_there_is_refused(api: Api, table: MadeTable, records: Records) -> None:
    (first,) = await create_records(api, table, [{"Name": "Bolt"}])
    await make_unique(api, table, "Name")

    result = await records.create({"Name": "Bolt"})

    assert violation(result) == {"field": "Name", "value": "Bolt", "recordIndex": 0, "existingRecordId": first}
    assert result.errors[0]["message"] == "Field 'Name': another record has this value already, and it must be unique."
    assert await names(records) == ["Bolt"]


async def test_the_record_of_a_batch_is_named(api: Api, table: MadeTable, records: Records) -> None:
    (first,) = await create_records(api, table, [{"Name": "c"}])
    await make_unique(api, table, "Name")

    result = await records.create_all([{"Name": "a"}, {"Name": "b"}, {"Name": "c"}, {"Name": "d"}])

    assert violation(result) == {"field": "Name", "value": "c", "recordIndex": 2, "existingRecordId": first}
    assert await names(records) == ["c"]


async def test_a_value_twice_in_a_batch_is_refused_at_its_second_record(
    api: Api, table: MadeTable, records: Records
) -> None:
    await make_unique(api, table, "Name")

    result = await records.create_all([{"Name": "a"}, {"Name": None}, {"Name": "b"}, {"Name": "a"}])

    assert violation(result) == {"field": "Name", "value": "a", "recordIndex": 3}
    assert await names(records) == []


async def test_empty_values_never_collide(api: Api, table: MadeTable, records: Records) -> None:
    await make_unique(api, table, "Name")
    await make_unique(api, table, "Main")

    assert (await records.create_all([{"Name": None}, {"Name": ""}, {"Main": False}, {}])).errors == []
    assert (await records.create({"Main": True})).errors == []

    assert violation(await records.create({"Main": True}))["field"] == "Main"


async def test_case_counts_unless_told(api: Api, table: MadeTable, records: Records) -> None:
    await make_unique(api, table, "Name")
    await make_unique(api, table, "Mail", caseSensitive=False)
    assert (await records.create_all([{"Name": "a", "Mail": "Ann@x.org"}, {"Name": "A"}])).errors == []

    result = await records.create_all([{"Mail": "b@x.org"}, {"Mail": "aNN@X.org"}])

    assert violation(result)["value"] == "aNN@X.org"
    assert violation(result)["recordIndex"] == 1


async def test_numbers_are_compared_as_numbers(api: Api, table: MadeTable, records: Records) -> None:
    await make_unique(api, table, "Price")
    await create_records(api, table, [{"Price": 1.5}])

    result = await records.send(
        "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { record { id } } }",
        f'{{"input": {{"tableId": "{table.id}", "fields": {{"Price": 1.50}}}}}}',
    )

    assert violation(result)["field"] == "Price"


async def test_the_message_is_the_constraints_own(api: Api, table: MadeTable, records: Records) -> None:
    await make_unique(api, table, "Name", errorMessage="That part is listed already.")
    await create_records(api, table, [{"Name": "Bolt"}])

    result = await records.create({"Name": "Bolt"})

    assert result.errors[0]["message"] == "That part is listed already."


async def test_an_update_names_its_record(api: Api, table: MadeTable, records: Records) -> None:
    first, second, third = await create_records(api, table, [{"Name": "a"}, {"Name": "b"}, {"Name": "c"}])
    await make_unique(api, table, "Name")

    single = await records.update(second, {"Name": "a"})
    batch = await records.update_all(
        [{"id": second, "fields": {"Name": "x", "Price": 1}}, {"id": third, "fields": {"Name": "a"}}]
    )

    assert violation(single) == {"field": "Name", "value": "a", "recordIndex": 0, "existingRecordId": first}
    assert violation(batch) == {"field": "Name", "value": "a", "recordIndex": 1, "existingRecordId": first}
    assert await names(records) == ["a", "b", "c"]
    assert (await records.update(first, {"Name": "a", "Price": 2})).errors == []


async def test_an_upsert_names_the_record_of_its_batch(api: Api, table: MadeTable, records: Records) -> None:
    await make_unique(api, table, "Mail")
    (first,) = await create_records(api, table, [{"Name": "a", "Mail": "a@x.org"}])

    new = await records.upsert(
        ["Name"], [{"Name": "a", "Price": 1}, {"Name": "b", "Mail": "b@x.org"}, {"Name": "c", "Mail": "a@x.org"}]
    )
    changed = await records.upsert(["Name"], [{"Name": "d"}, {"Name": "b", "Price": 1}, {"Name": "a", "Price": 7}])

    assert violation(new) == {"field": "Mail", "value": "a@x.org", "recordIndex": 2, "existingRecordId": first}
    assert changed.errors == []
    assert await names(records) == ["a", "d", "b"]
    moved = await records.upsert(["Name"], [{"Name": "e"}, {"Name": "d", "Mail": "a@x.org"}])
    assert violation(moved) == {"field": "Mail", "value": "a@x.org", "recordIndex": 1, "existingRecordId": first}


async def test_an_upsert_on_the_unique_field_changes_the_record_that_is_there(
    api: Api, table: MadeTable, records: Records
) -> None:
    await make_unique(api, table, "Name")
    await create_records(api, table, [{"Name": "a"}])

    result = await records.upsert(["Name"], [{"Name": "a", "Price": 3}, {"Name": "b"}])

    assert len(result.ok["upsertRecords"]["createdIds"]) == len(result.ok["upsertRecords"]["updatedIds"]) == 1
    assert await names(records) == ["a", "b"]


@pytest.mark.parametrize("second", ["a", "old"])
async def test_all_root_fields_of_an_operation_are_undone(
    api: Api, table: MadeTable, records: Records, second: str
) -> None:
    await create_records(api, table, [{"Name": "old"}])
    await make_unique(api, table, "Name")
    document = """
        mutation ($one: CreateRecordInput!, $two: CreateRecordsInput!) {
          one: createRecord(input: $one) { record { id } }
          two: createRecords(input: $two) { records { id } }
        }
    """

    two = {"tableId": table.id, "records": [{"Name": "b"}, {"Name": second}]}
    result = await records.run(document, {"one": {"tableId": table.id, "fields": {"Name": "a"}}, "two": two})

    found = violation(result)
    assert (found["value"], found["recordIndex"]) == (second, 1)
    assert result.errors[0]["path"] == ["two"]
    assert await names(records) == ["old"]


async def test_an_idempotency_key_of_a_refused_write_is_free(api: Api, table: MadeTable, records: Records) -> None:
    await make_unique(api, table, "Name")
    (first,) = await create_records(api, table, [{"Name": "a"}])
    refused = await records.create({"Name": "a"}, idempotencyKey="k")
    await records.delete([first])

    again = await records.create({"Name": "a"}, idempotencyKey="k")

    assert violation(refused)["recordIndex"] == 0
    assert again.errors == []


async def test_an_import_is_undone(api: Api, table: MadeTable, records: Records) -> None:
    await make_unique(api, table, "Name")
    (first,) = await create_records(api, table, [{"Name": "b"}])

    result = await run_import(api, table.owner, "Name\na\nb\nc\n", tableId=table.id)

    assert violation(result) == {"field": "Name", "value": "b", "recordIndex": 1, "existingRecordId": first}
    assert await names(records) == ["b"]


async def test_a_default_value_is_not_given_to_many(api: Api, table: MadeTable, records: Records) -> None:
    await make_unique(api, table, "Name")
    await create_records(api, table, [{"Price": 1}, {"Price": 2}])
    document = "mutation ($input: UpdateFieldInput!) { updateField(input: $input) { filled } }"
    given = {"id": table.fields["Name"], "isRequired": True, "defaultValue": "x"}

    result = await records.run(document, {"input": given})

    assert violation(result) == {"field": "Name", "value": "x"}
    assert await names(records) == [None, None]


async def test_a_value_that_is_too_long_for_the_index_is_refused(api: Api, table: MadeTable, records: Records) -> None:
    await make_unique(api, table, "Name")
    text = "".join(chr(0x4E00 + number * 7 % 20_000) for number in range(2_000))

    result = await records.create({"Name": text})

    assert result.codes == ["VALIDATION_ERROR"]
    assert "too long for the index" in result.errors[0]["message"]


async def test_of_many_writers_at_once_one_gets_the_value(api: Api, table: MadeTable, records: Records) -> None:
    await make_unique(api, table, "Mail", caseSensitive=False)

    results = await asyncio.gather(
        *(
            records.create_all([{"Mail": f"{n}@x.org"}, {"Mail": mail}])
            for n, mail in enumerate(["a@x.org", "A@X.org"] * 4)
        )
    )

    assert sorted(result.codes for result in results) == [[], *[["DUPLICATE_VALUE"]] * 7]
    assert {result.errors[0]["extensions"]["recordIndex"] for result in results if result.errors} == {1}
    assert len(await records.all()) == 2
