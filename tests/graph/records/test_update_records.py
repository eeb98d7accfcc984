"""updateRecords: many records in one statement, all or nothing."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from domain.ids import new_id, number_of
from tests.graph.records.conftest import PARTS
from tests.support.api import Api
from tests.support.records import Records
from tests.support.refusals import refusal
from tests.support.tables import MadeTable, create_records, make_table

State = Callable[[], Awaitable[object]]


def patches(ids: list[str], *fields: Any) -> list[dict[str, Any]]:
    return [{"id": id, "fields": each} for id, each in zip(ids, fields, strict=False)]


async def test_records_come_back_in_the_order_in_which_they_were_sent(records: Records, parts: list[str]) -> None:
    backwards = parts[::-1]
    given = [{"id": id, "fields": {"Price": i}} for i, id in enumerate(backwards)]
    changed = (await records.update_all(given)).ok["updateRecords"]["records"]
    assert [(record["id"], record["fields"]["Price"]) for record in changed] == list(
        zip(backwards, range(5), strict=True)
    )
    assert [fields["Name"] for fields in await records.all()] == [part["Name"] for part in PARTS]


async def test_each_record_sets_its_own_fields(records: Records, parts: list[str]) -> None:
    given = patches(parts, {"Name": "Screw"}, {"Price": None, "Ready": True}, {}, {"Name": "x", "Status": "Done"})
    changed = (await records.update_all(given)).ok["updateRecords"]["records"]
    assert [(record["revision"], record["fields"]["Name"], record["fields"]["Price"]) for record in changed] == [
        (2, "Screw", 2.5), (2, "nut", None), (1, "Washer", 0.1), (2, "x", None),
    ]  # fmt: skip
    assert [record["fields"]["Ready"] for record in changed] == [True, True, False, False]


async def test_one_bad_value_changes_nothing(records: Records, parts: list[str], state: State) -> None:
    before = await state()
    given = patches(parts, {"Name": "a"}, {"Price": "b"}, {"Name": 3}, {"Name": "d"})
    refused = refusal(await records.update_all(given), "VALIDATION_ERROR")
    assert [(each["recordIndex"], each["recordId"], each["loc"]) for each in refused["errors"]] == [
        (1, parts[1], ["Price"]),
        (2, parts[2], ["Name"]),
    ]
    assert await state() == before


async def test_one_missing_record_changes_nothing(records: Records, parts: list[str], state: State) -> None:
    before = await state()
    gone = str(new_id(number_of(UUID(parts[0])) or 0))
    refused = refusal(await records.update_all(patches([parts[0], gone], {"Name": "a"}, {"Name": "b"})), "NOT_FOUND")
    assert (refused["recordIndex"], refused["recordId"]) == (1, gone)
    assert await state() == before


async def test_one_outdated_revision_changes_nothing(records: Records, parts: list[str], state: State) -> None:
    await records.update(parts[2], {"Name": "moved on"})
    before = await state()
    given = [{"id": id, "fields": {"Price": 9}, "ifRevision": 1} for id in parts]
    refused = refusal(await records.update_all(given), "CONFLICT")
    assert (refused["recordIndex"], refused["recordId"], refused["revision"]) == (2, parts[2], 2)
    assert await state() == before


async def test_a_missing_record_outweighs_an_outdated_one(records: Records, parts: list[str]) -> None:
    await records.update(parts[0], {"Name": "moved on"})
    gone = str(new_id(number_of(UUID(parts[0])) or 0))
    given = [{"id": parts[0], "fields": {}, "ifRevision": 1}, {"id": gone, "fields": {}, "ifRevision": 1}]
    assert refusal(await records.update_all(given), "NOT_FOUND")["recordIndex"] == 1


async def test_a_record_stands_in_a_batch_once(records: Records, parts: list[str], state: State) -> None:
    before = await state()
    given = patches([parts[0], parts[1], parts[0].upper()], {"Name": "a"}, {"Name": "b"}, {"Name": "c"})
    refused = refusal(await records.update_all(given), "VALIDATION_ERROR")
    assert [(each["recordIndex"], each["type"]) for each in refused["errors"]] == [(2, "value_error.duplicate_record")]
    assert await state() == before


async def test_a_record_of_another_table_is_not_found(
    api: Api, records: Records, table: MadeTable, parts: list[str], state: State
) -> None:
    other = await make_table(api, owner=table.owner)
    [foreign] = await create_records(api, other, [{"Name": "foreign"}])
    before = await state()
    refused = refusal(await records.update_all(patches([parts[0], foreign], {"Name": "a"}, {"Name": "b"})), "NOT_FOUND")
    assert (refused["recordIndex"], refused["recordId"]) == (1, foreign)
    assert await state() == before


async def test_a_bad_id_is_named_with_its_place(records: Records, parts: list[str]) -> None:
    refused = refusal(await records.update_all(patches([parts[0], "x"], {}, {})), "BAD_REQUEST")
    assert refused["argument"] == "records.1.id"


async def test_the_size_of_a_batch_is_limited(api: Api, records: Records, parts: list[str]) -> None:
    object.__setattr__(api.services.limits, "max_batch_records", 4)
    given = patches(parts, *[{"Name": "x"}] * 5)
    assert len((await records.update_all(given[:4])).ok["updateRecords"]["records"]) == 4
    assert refusal(await records.update_all(given), "BAD_REQUEST")["argument"] == "records"
    refusal(await records.update_all([]), "BAD_REQUEST")


async def test_ten_thousand_records_are_one_call(api: Api, records: Records, table: MadeTable) -> None:
    ids = await create_records(api, table, [{"Price": i} for i in range(10_000)])
    given = [{"id": id, "fields": {"Price": -i}} for i, id in enumerate(ids)]
    changed = (await records.update_all(given, selection='value(field: "Price")')).ok["updateRecords"]["records"]
    assert [record["value"] for record in changed] == [-i for i in range(10_000)]
