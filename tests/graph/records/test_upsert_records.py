"""upsertRecords: what agrees on the merge fields is changed, what is new is created, all or nothing."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.graph.records.conftest import EMPTY
from tests.support.api import Api
from tests.support.records import Records
from tests.support.refusals import refusal
from tests.support.tables import MadeTable, make_table

State = Callable[[], Awaitable[object]]


async def test_known_records_are_changed_and_others_created(records: Records, parts: list[str]) -> None:
    given = [{"Name": "new", "Price": 9}, {"Name": "nut", "Price": 3}, {"Name": "newer"}, {"Name": "Bolt"}]
    done = (await records.upsert(["Name"], given)).ok["upsertRecords"]
    assert [record["fields"]["Name"] for record in done["records"]] == ["new", "nut", "newer", "Bolt"]
    assert [record["revision"] for record in done["records"]] == [1, 2, 1, 1]
    assert done["records"][1]["id"] == parts[1]
    assert done["records"][1]["fields"] == {**EMPTY, "Name": "nut", "Price": 3, "Day": "2026-01-01", "Status": "Done"}
    assert done["createdIds"] == [done["records"][0]["id"], done["records"][2]["id"]]
    assert done["updatedIds"] == [parts[1], parts[0]]
    assert len(await records.all()) == 7


async def test_the_same_upsert_again_changes_nothing(records: Records) -> None:
    given = [{"Name": "a", "Price": 1}, {"Name": "b"}]
    first = (await records.upsert(["Name"], given)).ok["upsertRecords"]
    again = (await records.upsert(["Name"], given)).ok["upsertRecords"]
    assert again["records"] == first["records"]
    assert (again["createdIds"], again["updatedIds"]) == ([], first["createdIds"])


async def test_records_can_be_merged_on_several_fields_named_by_id_or_name(records: Records, table: MadeTable) -> None:
    day, name = "2026-01-01", table.fields["Name"]
    await records.create_all([{"Name": "a", "Day": day}, {"Name": "a"}, {"Day": day}])
    given = [{"Name": "a", "Day": day, "Price": 1}, {name: "b", "Day": day}]
    done = (await records.upsert([name, "Day", "Name"], given)).ok["upsertRecords"]
    assert [record["revision"] for record in done["records"]] == [2, 1]


@pytest.mark.parametrize(
    ("field", "stored", "sent"),
    [
        ("Name", "a", "a"),
        ("Price", 1, 1.0),
        ("Price", 0.1, 0.1),
        ("Ready", None, False),
        ("Ready", True, True),
        ("Day", "2026-01-01", "2026-01-01"),
        ("At", "2026-01-01T10:00:00+02:00", "2026-01-01T08:00:00Z"),
        ("Status", "Open", "Open"),
    ],
)
async def test_values_agree_as_a_filter_with_eq_says(records: Records, field: str, stored: Any, sent: Any) -> None:
    await records.create({field: stored, "Name": "kept"} if field != "Name" else {"Name": stored})
    done = (await records.upsert([field], [{field: sent}])).ok["upsertRecords"]
    assert (len(done["updatedIds"]), len(done["createdIds"])) == (1, 0)


async def test_texts_agree_with_regard_to_case(records: Records) -> None:
    await records.create({"Name": "a"})
    assert len((await records.upsert(["Name"], [{"Name": "A"}])).ok["upsertRecords"]["createdIds"]) == 1


async def test_all_bad_values_are_reported_and_nothing_is_written(
    records: Records, parts: list[str], state: State
) -> None:
    before = await state()
    given = [{"Name": "nut", "Price": "x"}, {"Name": "ok"}, {"Price": 1}, {"Name": ""}, {"Name": "ok"}, {"Name": 5}]
    refused = refusal(await records.upsert(["Name"], given), "VALIDATION_ERROR")
    assert [(each["recordIndex"], each["loc"], each["type"]) for each in refused["errors"]] == [
        (0, ["Price"], "value_error.type"),
        (2, ["Name"], "value_error.required"),
        (3, ["Name"], "value_error.required"),
        (4, ["Name"], "value_error.duplicate_record"),
        (5, ["Name"], "value_error.type"),
    ]
    assert await state() == before


async def test_required_values_of_new_records_are_reported_with_the_right_index(api: Api, state: State) -> None:
    fields = [
        {"name": "Name", "type": "TEXT"},
        {"name": "Code", "type": "TEXT", "isRequired": True},
        {"name": "Kind", "type": "TEXT", "defaultValue": "std"},
    ]
    records = Records(api, await make_table(api, fields))
    await records.create({"Name": "known", "Code": "1", "Kind": None})
    before = await state()
    refused = refusal(await records.upsert(["Name"], [{"Name": "known"}, {"Name": "new"}]), "REQUIRED_FIELD")
    assert [(each["recordIndex"], each["loc"]) for each in refused["errors"]] == [(1, ["Code"])]
    assert await state() == before
    done = await records.upsert(["Name"], [{"Name": "known"}, {"Name": "new", "Code": "2"}])
    assert [record["fields"]["Kind"] for record in done.ok["upsertRecords"]["records"]] == [None, "std"]


async def test_more_than_one_match_is_a_conflict(records: Records, state: State) -> None:
    await records.create_all([{"Name": "twin"}, {"Name": "twin"}])
    before = await state()
    refused = refusal(await records.upsert(["Name"], [{"Name": "x"}, {"Name": "twin"}]), "CONFLICT")
    assert refused["recordIndex"] == 1
    assert await state() == before


@pytest.mark.parametrize("merge_on", [[], ["Nothing"], ["$id"], ["Name"] * 11])
async def test_merge_fields_must_be_fields_of_the_table(records: Records, merge_on: list[str], state: State) -> None:
    before = await state()
    refusal(await records.upsert(merge_on, [{"Name": "x"}]), "BAD_REQUEST")
    assert await state() == before


@pytest.mark.parametrize("type", ["AUTONUMBER", "ATTACHMENT", "MULTI_SELECT"])
async def test_some_types_cannot_be_merged_on(api: Api, type: str) -> None:
    fields = [{"name": "Name", "type": "TEXT"}, {"name": "Other", "type": type}]
    records = Records(api, await make_table(api, fields))
    refused = refusal(await records.upsert(["Other"], [{"Name": "x"}]), "BAD_REQUEST")
    assert refused["message"] == f"An upsert cannot merge on field 'Other' of type {type}."


async def test_typecast_goes_for_merge_fields_too(records: Records) -> None:
    await records.create({"Price": 12})
    refusal(await records.upsert(["Price"], [{"Price": "12"}]), "VALIDATION_ERROR")
    done = (await records.upsert(["Price"], [{"Price": "12", "Name": 3}], typecast=True)).ok["upsertRecords"]
    assert [(record["revision"], record["fields"]["Name"]) for record in done["records"]] == [(2, "3")]


async def test_the_size_of_a_batch_is_limited(api: Api, records: Records, state: State) -> None:
    object.__setattr__(api.services.limits, "max_batch_records", 2)
    before = await state()
    refusal(await records.upsert(["Name"], [{"Name": str(i)} for i in range(3)]), "BAD_REQUEST")
    refusal(await records.upsert(["Name"], []), "BAD_REQUEST")
    assert await state() == before


async def test_ten_thousand_records_are_one_call(records: Records) -> None:
    given = [{"Name": f"part {i}", "Price": i} for i in range(10_000)]
    first = (await records.upsert(["Name"], given[:5_000], selection="id")).ok["upsertRecords"]
    assert len(first["createdIds"]) == 5_000
    done = (await records.upsert(["Name"], given, selection='value(field: "Price")')).ok["upsertRecords"]
    assert [record["value"] for record in done["records"]] == list(range(10_000))
    assert (len(done["createdIds"]), done["updatedIds"]) == (5_000, first["createdIds"])
