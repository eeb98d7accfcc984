"""How records come into groups: by values, by several keys, by the items of lists, by spans of the calendar."""

from typing import Any

import pytest

from tests.support.aggregates import Aggregates
from tests.support.api import Api
from tests.support.records import Records
from tests.support.tables import MadeTable, create_records
from tests.support.views import make_view

BERLIN = "Europe/Berlin"


async def test_there_is_a_group_for_each_value_and_one_for_none(work: Aggregates) -> None:
    assert await work.counts("Stage") == [(None, 1), ("Open", 3), ("Done", 1)]
    assert await work.counts("Price") == [(None, 1), (-1, 1), (0.1, 1), (0.2, 1), (7, 1)]
    assert await work.counts("Ready") == [(False, 4), (True, 1)]
    assert dict(await work.counts("Name")) == {None: 1, "a": 1, "A": 1, "b": 2}


async def test_several_keys_group_together(work: Aggregates) -> None:
    keys = [{"field": "Stage"}, {"field": "Ready", "as": "done"}]
    groups = await work.groups(groupBy=keys, metrics=[{"function": "SUM", "field": "Price"}])

    assert groups == [
        {"key": {"Stage": None, "done": False}, "count": 1, "metrics": {"sum_Price": -1}},
        {"key": {"Stage": "Open", "done": False}, "count": 2, "metrics": {"sum_Price": 7}},
        {"key": {"Stage": "Open", "done": True}, "count": 1, "metrics": {"sum_Price": 0.2}},
        {"key": {"Stage": "Done", "done": False}, "count": 1, "metrics": {"sum_Price": 0.1}},
    ]


async def test_lists_with_the_same_items_are_one_group(work: Aggregates) -> None:
    assert await work.counts("Tags") == [([], 2), (["new", "hot"], 2), (["hot"], 1)]


async def test_each_item_of_a_list_can_be_a_group(work: Aggregates) -> None:
    assert await work.counts({"field": "Tags", "eachItem": True}) == [(None, 2), ("new", 2), ("hot", 3)]


async def test_users_are_groups(api: Api, work: Aggregates) -> None:
    me = str(work.table.owner.id)
    await create_records(api, work.table, [{"Who": me, "Team": [me]}])

    assert await work.counts("Who") == [(None, 5), (me, 1)]
    assert await work.counts("Team") == [([], 5), ([me], 1)]
    assert await work.counts({"field": "Team", "eachItem": True}) == [(None, 5), (me, 1)]
    assert await work.counts("$createdBy") == [(me, 6)]


@pytest.mark.parametrize(
    ("bucket", "expected"),
    [
        ("DAY", [(None, 2), ("2026-01-31", 1), ("2026-02-01", 1), ("2026-02-28", 1)]),
        ("WEEK", [(None, 2), ("2026-01-26", 2), ("2026-02-23", 1)]),
        ("MONTH", [(None, 2), ("2026-01-01", 1), ("2026-02-01", 2)]),
        ("QUARTER", [(None, 2), ("2026-01-01", 3)]),
        ("YEAR", [(None, 2), ("2026-01-01", 3)]),
    ],
)
async def test_days_come_into_spans_of_the_calendar(work: Aggregates, bucket: str, expected: Any) -> None:
    assert await work.counts({"field": "Day", "bucket": bucket}) == expected
    there = {"field": "Day", "bucket": bucket, "timeZone": "Pacific/Auckland"}
    assert await work.counts(there) == expected  # a day is the same everywhere


async def test_moments_come_into_buckets_by_the_clocks_of_a_zone(work: Aggregates) -> None:
    """In Berlin the clock goes from 01:59 to 03:00 in that night; in Los Angeles it is the day before."""
    hours = [(None, 3), ("2026-03-29T00:00:00Z", 1), ("2026-03-29T01:00:00Z", 1)]
    assert await work.counts({"field": "At", "bucket": "HOUR"}) == hours
    assert await work.counts({"field": "At", "bucket": "HOUR", "timeZone": BERLIN}) == hours
    half = [(None, 3), ("2026-03-29T00:30:00Z", 1), ("2026-03-29T01:30:00Z", 1)]
    assert await work.counts({"field": "At", "bucket": "HOUR", "timeZone": "Asia/Kolkata"}) == half
    assert await work.counts({"field": "At", "bucket": "DAY", "timeZone": BERLIN}) == [(None, 3), ("2026-03-29", 2)]
    west = {"field": "At", "bucket": "DAY", "timeZone": "America/Los_Angeles"}
    assert await work.counts(west) == [(None, 3), ("2026-03-28", 2)]
    assert sum(count for _, count in await work.counts({"field": "$createdAt", "bucket": "YEAR"})) == 5


async def test_an_hour_that_comes_twice_is_two_groups(api: Api, work: Aggregates) -> None:
    moments = ["2026-10-25T00:10:00Z", "2026-10-25T01:10:00Z"]  # 02:10 in Berlin, both
    await create_records(api, work.table, [{"Name": "fold", "At": at} for at in moments])
    fold = {"field": "Name", "operator": "EQ", "value": "fold"}

    found = await work.counts({"field": "At", "bucket": "HOUR", "timeZone": BERLIN}, filter=fold)

    assert found == [("2026-10-25T00:00:00Z", 1), ("2026-10-25T01:00:00Z", 1)]


@pytest.mark.parametrize("bucket", ["HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"])
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Auckland"])
async def test_the_first_and_the_last_moment_are_in_buckets_too(
    api: Api, work: Aggregates, bucket: str, zone: str
) -> None:
    ends = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"]
    await create_records(api, work.table, [{"Name": "end", "At": at} for at in ends])
    end = {"field": "Name", "operator": "EQ", "value": "end"}

    found = await work.counts({"field": "At", "bucket": bucket, "timeZone": zone}, filter=end)

    assert [(key[:4], count) for key, count in found] == [("0001", 1), ("9999", 1)]


async def test_one_field_can_be_two_keys(work: Aggregates) -> None:
    keys = [{"field": "Day", "bucket": "YEAR", "as": "year"}, {"field": "Day", "bucket": "MONTH", "as": "month"}]
    groups = await work.groups(groupBy=keys)

    assert [group["key"] for group in groups] == [
        {"year": None, "month": None},
        {"year": "2026-01-01", "month": "2026-01-01"},
        {"year": "2026-01-01", "month": "2026-02-01"},
    ]


async def test_filter_search_and_view_say_which_records_count(api: Api, work: Aggregates) -> None:
    cheap = {"field": "Price", "operator": "LT", "value": 1}
    view = (await make_view(api, work.table, filter=cheap))["id"]

    assert await work.counts("Stage", filter=cheap) == [(None, 1), ("Open", 1), ("Done", 1)]
    assert await work.counts("Stage", viewId=view) == [(None, 1), ("Open", 1), ("Done", 1)]
    done = {"field": "Stage", "operator": "EQ", "value": "Done"}
    assert await work.counts("Stage", viewId=view, filter=done) == [("Done", 1)]
    assert await work.counts("Stage", search="b") == [("Open", 2)]
    assert await work.counts("Stage", search="b", filter=done) == []


async def test_a_renamed_field_and_choice_are_found_by_their_new_names(api: Api, work: Aggregates) -> None:
    id = work.table.fields["Stage"]
    before = await work.groups(groupBy=[{"field": id}])
    document = "mutation ($input: UpdateFieldInput!) { updateField(input: $input) { field { options } } }"
    await api.execute(document, {"input": {"id": id, "name": "State"}}, as_=work.table.owner)

    assert await work.groups(groupBy=[{"field": id}]) == before
    assert (await work.read(groupBy=[{"field": "Stage"}])).codes == ["BAD_REQUEST"]
    assert await work.counts("State") == [(None, 1), ("Open", 3), ("Done", 1)]


async def test_equal_numbers_are_one_group_with_one_hash(api: Api, table: MadeTable, work: Aggregates) -> None:
    selection = "nodes { hash key }"
    [before] = (
        await work.read(
            selection, groupBy=[{"field": "Price"}], filter={"field": "Name", "operator": "EQ", "value": "A"}
        )
    ).ok["aggregate"]["nodes"]
    records = Records(api, table)
    assert (await records.create({"Name": "A", "Price": "0.20"}, typecast=True)).ok

    after = await work.read(selection, groupBy=[{"field": "Price"}])
    assert len({group["hash"] for group in after.ok["aggregate"]["nodes"]}) == 5
    assert before in after.ok["aggregate"]["nodes"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ({"field": "Day", "bucket": "HOUR"}, "of type DATE. These do: DAY, WEEK, MONTH, QUARTER, YEAR."),
        ({"field": "Name", "bucket": "DAY"}, "of type TEXT. These do: none."),
        ({"field": "Stage", "eachItem": True}, "has no lists"),
        ({"field": "At", "bucket": "DAY", "timeZone": "Mars/Olympus"}, "is not a time zone"),
        ({"field": "At", "timeZone": BERLIN}, "needs a 'bucket'"),
        ({"field": "Nope"}, "has no field 'Nope'"),
        ({"field": "Name", "as": ""}, "1 to 255 characters"),
        ({"field": "Name", "as": "x" * 256}, "1 to 255 characters"),
        ({"field": "Name", "as": "a\x00b"}, "1 to 255 characters"),
        ({"field": "\x00"}, "1 to 255 characters"),
    ],
)
async def test_keys_that_make_no_sense_are_refused(work: Aggregates, key: dict[str, Any], expected: str) -> None:
    result = await work.read(groupBy=[key])

    assert result.codes == ["BAD_REQUEST"]
    assert expected in result.errors[0]["message"]


async def test_names_are_told_apart(work: Aggregates) -> None:
    twice = await work.read(groupBy=[{"field": "Day"}, {"field": "Day", "bucket": "YEAR"}])
    mixed = await work.read(groupBy=[{"field": "Day"}], metrics=[{"function": "COUNT", "as": "Day"}])

    assert (twice.codes, mixed.codes) == (["BAD_REQUEST"], ["BAD_REQUEST"])
    assert "Two are named 'Day'" in twice.errors[0]["message"]


async def test_names_of_any_kind_come_back(work: Aggregates) -> None:
    name = "\"q\" 'x' \\ ü 🔩 ${1} %s {0}"
    [group] = await work.groups(metrics=[{"function": "COUNT", "as": name}])

    assert group["metrics"] == {name: 5}
