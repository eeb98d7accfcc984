"""createRecords: order, all or nothing, every bad value of the batch at once, and the limits of its size."""

from collections.abc import Awaitable, Callable

from tests.graph.records.conftest import EMPTY
from tests.support.api import Api
from tests.support.records import Records
from tests.support.refusals import refusal
from tests.support.tables import make_table

State = Callable[[], Awaitable[object]]


async def test_records_come_back_in_the_order_in_which_they_were_sent(records: Records) -> None:
    given = [{"Name": f"part {i}", "Price": i} for i in range(30)]
    made = (await records.create_all(given)).ok["createRecords"]["records"]
    assert [record["fields"] for record in made] == [{**EMPTY, **each} for each in given]
    assert await records.all() == [record["fields"] for record in made]
    assert len({record["id"] for record in made}) == 30


async def test_records_of_one_batch_may_name_different_fields(records: Records) -> None:
    made = (await records.create_all([{"Name": "a"}, {}, {"Price": 1, "Ready": True}])).ok["createRecords"]["records"]
    assert [record["fields"] for record in made] == [
        {**EMPTY, "Name": "a"}, EMPTY, {**EMPTY, "Price": 1, "Ready": True},
    ]  # fmt: skip


async def test_one_bad_value_refuses_the_whole_batch(records: Records, state: State) -> None:
    before = await state()
    refused = refusal(await records.create_all([{"Name": "a"}, {"Price": "x"}, {"Name": "c"}]), "VALIDATION_ERROR")
    assert (refused["recordIndex"], refused["field"], refused["value"]) == (1, "Price", "x")
    assert refused["message"] == "Record 1: Field 'Price': Expected a number, got the text 'x'."
    assert await state() == before


async def test_all_bad_values_of_the_batch_are_reported_in_order(api: Api, state: State) -> None:
    table = await make_table(
        api,
        [
            {"name": "Name", "type": "TEXT", "isRequired": True},
            {"name": "Price", "type": "NUMBER", "options": {"min": 0}},
            {"name": "Owner", "type": "USER"},
        ],
    )
    records, stranger = Records(api, table), str((await api.register()).id)
    before = await state()
    given = [
        {"Name": "fine"},
        {"Name": 1, "Price": -1},
        {"Owner": stranger, "Name": "a"},
        "no object",
        {"Name": "a", "Other": 1},
        {"Price": 2},
    ]
    refused = refusal(await records.create_all(given), "VALIDATION_ERROR")
    assert [(each["recordIndex"], each["loc"], each["type"]) for each in refused["errors"]] == [
        (1, ["Name"], "value_error.type"),
        (1, ["Price"], "value_error.range"),
        (2, ["Owner"], "value_error.reference"),
        (3, [], "value_error.type"),
        (4, ["Other"], "value_error.unknown_field"),
        (5, ["Name"], "value_error.required"),
    ]
    assert refused["message"].startswith("Record 1: Field 'Name': ")
    assert refused["message"].endswith("(and 5 more)")
    assert await state() == before


async def test_every_place_of_an_unknown_user_is_reported(api: Api) -> None:
    fields = [{"name": "Name", "type": "TEXT"}, {"name": "Team", "type": "USER", "options": {"allow_multiple": True}}]
    table = await make_table(api, fields)
    stranger, owner = str((await api.register()).id), str(table.owner.id)
    given = [{"Team": [owner]}, {"Team": [owner, stranger]}, {"Name": "x"}, {"Team": [stranger]}]
    refused = refusal(await Records(api, table).create_all(given), "FOREIGN_KEY_VIOLATION")
    assert [(each["recordIndex"], each["loc"]) for each in refused["errors"]] == [(1, ["Team"]), (3, ["Team"])]
    assert (refused["recordIndex"], refused["field"], refused["value"]) == (1, "Team", stranger)


async def test_a_thousand_problems_are_listed_and_the_others_counted(records: Records, state: State) -> None:
    before = await state()
    refused = refusal(await records.create_all([{"Price": "x", "Name": 1}] * 600), "VALIDATION_ERROR")
    assert len(refused["errors"]) == 1_000
    assert refused["message"].endswith("(and 1199 more)")
    assert await state() == before


async def test_ten_thousand_records_are_one_call(records: Records) -> None:
    given = [{"Name": f"part {i}", "Price": i} for i in range(10_000)]
    made = (await records.create_all(given, selection='value(field: "Price")')).ok["createRecords"]["records"]
    assert [record["value"] for record in made] == list(range(10_000))
    counted = await records.page(first=0, selection="totalCount")
    assert counted.ok["records"]["totalCount"] == 10_000


async def test_more_than_the_limit_is_refused(records: Records, state: State) -> None:
    before = await state()
    refused = refusal(await records.create_all([{}] * 10_001), "BAD_REQUEST")
    assert refused["message"] == "A batch has from 1 to 10,000 records; this one has 10,001."
    assert refused["argument"] == "records"
    assert await state() == before


async def test_an_empty_batch_is_refused(records: Records) -> None:
    refused = refusal(await records.create_all([]), "BAD_REQUEST")
    assert refused["message"] == "A batch has from 1 to 10,000 records; this one has 0."


async def test_the_limit_is_a_setting(api: Api, records: Records) -> None:
    object.__setattr__(api.services.limits, "max_batch_records", 2)
    assert len((await records.create_all([{}, {}])).ok["createRecords"]["records"]) == 2
    refusal(await records.create_all([{}, {}, {}]), "BAD_REQUEST")
