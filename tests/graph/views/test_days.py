"""`days`: the records of a calendar, a chart or a timeline that lie on a range of days."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from adapters.database import Connection
from tests.support.api import Api, Result
from tests.support.catalog import mutate, update_field
from tests.support.refusals import refusal
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, create_records, make_table
from tests.support.views import change_view, make_view

READ = """
    query ($view: ID!, $days: ViewDays, $filter: RecordFilter) {
      view(id: $view) {
        records(days: $days, filter: $filter, orderBy: [{field: "Name"}]) { nodes { value(field: "Name") } }
      }
    }
"""
FIELDS = [
    {"name": "Name", "type": "TEXT"},
    {"name": "Day", "type": "DATE", "isIndexed": True},
    {"name": "Last", "type": "DATE", "isIndexed": True},
    {"name": "At", "type": "DATETIME"},
    {"name": "Until", "type": "DATETIME"},
    {
        "name": "Lane",
        "type": "SINGLE_SELECT",
        "options": {"choices": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}]},
    },
]


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """The table, in a base of its own."""
    return await make_table(api, FIELDS)


async def answer(api: Api, table: MadeTable, view: str, first: str, to: str, **more: Any) -> Result:
    """The answer to a read of a view's days, in UTC unless told."""
    zone = {"timeZone": more.pop("zone")} if "zone" in more else {}
    given = {"view": view, "days": {"from": first, "to": to, **zone}, **more}
    return await api.execute(READ, given, as_=table.owner)


async def names(api: Api, table: MadeTable, view: str, first: str, to: str, **more: Any) -> str:
    """The names of the records, one letter each, in their order."""
    found = (await answer(api, table, view, first, to, **more)).ok["view"]["records"]["nodes"]
    return "".join(node["value"] for node in found)


async def calendar(api: Api, table: MadeTable, start: str, end: str | None = None, **more: Any) -> str:
    """Id of a new calendar by fields given by their names."""
    config = {"date_field_id": table.fields[start], "end_date_field_id": end and table.fields[end]}
    return (await make_view(api, table, "Days", "CALENDAR", config=config, **more))["id"]


async def test_a_record_lies_on_its_day(api: Api, table: MadeTable) -> None:
    view = await calendar(api, table, "Day")
    days = ["2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01", None]
    await create_records(api, table, [{"Name": name, "Day": day} for name, day in zip("abcde", days, strict=True)])

    assert await names(api, table, view, "2026-03-01", "2026-04-01") == "bc"
    assert await names(api, table, view, "2026-03-31", "2026-04-02", zone="Pacific/Auckland") == "cd"


async def test_a_record_lies_on_all_days_to_its_last_one(api: Api, table: MadeTable) -> None:
    view = await calendar(api, table, "Day", "Last")
    spans = {
        "a": ("2026-02-01", "2026-02-28"),
        "b": ("2026-02-01", "2026-03-01"),
        "c": ("2026-03-31", "2026-05-01"),
        "d": ("2026-04-01", "2026-05-01"),
        "e": ("2026-01-01", "2026-12-31"),
        "f": ("2026-03-10", None),
        "g": ("2026-02-10", None),
        "h": (None, "2026-03-10"),
        "i": ("2026-03-10", "2026-01-01"),
    }
    await create_records(api, table, [{"Name": name, "Day": day, "Last": last} for name, (day, last) in spans.items()])

    assert await names(api, table, view, "2026-03-01", "2026-04-01") == "bcefi"


async def test_a_moment_lies_on_the_day_of_the_time_zone(api: Api, table: MadeTable) -> None:
    view = await calendar(api, table, "At", "Until")
    spans = {
        "a": ("2026-03-28T22:59:59Z", None),
        "b": ("2026-03-28T23:00:00Z", None),
        "c": ("2026-03-29T21:59:59Z", None),
        "d": ("2026-03-29T22:00:00Z", None),
        "e": ("2026-03-28T12:00:00Z", "2026-03-28T23:00:00Z"),
        "f": ("2026-03-28T12:00:00Z", "2026-03-28T23:00:01Z"),
    }
    await create_records(api, table, [{"Name": name, "At": at, "Until": end} for name, (at, end) in spans.items()])

    # 29 March has 23 hours in Berlin; midnight is 23:00 UTC before it and 22:00 behind it
    assert await names(api, table, view, "2026-03-29", "2026-03-30", zone="Europe/Berlin") == "bcf"
    assert await names(api, table, view, "2026-03-29", "2026-03-30") == "cd"


async def test_a_day_may_begin_with_a_date_and_end_with_a_moment(api: Api, table: MadeTable) -> None:
    config = {"start_field_id": table.fields["Day"], "end_field_id": table.fields["Until"]}
    view = (await make_view(api, table, "Chart", "GANTT", config=config))["id"]
    ends = [("a", "2026-03-09T23:00:00Z"), ("b", "2026-03-09T23:30:00Z")]
    await create_records(api, table, [{"Name": name, "Day": "2026-03-01", "Until": end} for name, end in ends])

    assert await names(api, table, view, "2026-03-10", "2026-03-11", zone="Europe/Berlin") == "b"
    assert await names(api, table, view, "2026-03-10", "2026-03-11") == ""


async def test_the_views_filter_and_that_of_the_call_hold_too(api: Api, table: MadeTable) -> None:
    view = await calendar(api, table, "Day", filter={"field": "Lane", "operator": "EQ", "value": "A"})
    rows = [("a", "A"), ("b", "B"), ("c", "A")]
    await create_records(api, table, [{"Name": name, "Day": "2026-03-01", "Lane": lane} for name, lane in rows])

    beyond = {"field": "Name", "operator": "GT", "value": "a"}

    assert await names(api, table, view, "2026-03-01", "2026-03-02") == "ac"
    assert await names(api, table, view, "2026-03-01", "2026-03-02", filter=beyond) == "c"


async def test_the_lanes_of_a_timeline_have_the_records_of_the_days(api: Api, table: MadeTable) -> None:
    config = {"date_field_id": table.fields["Day"], "group_field_id": table.fields["Lane"]}
    view = (await make_view(api, table, "Line", "TIMELINE", config=config))["id"]
    rows = [("a", "A", "2026-03-01"), ("b", "A", "2026-03-02"), ("c", "B", "2026-03-02")]
    await create_records(api, table, [{"Name": name, "Lane": lane, "Day": day} for name, lane, day in rows])
    document = """
        query ($view: ID!, $days: ViewDays) {
          view(id: $view) { groups(days: $days) { value count records { nodes { value(field: "Name") } } } }
        }
    """

    given = {"view": view, "days": {"from": "2026-03-02", "to": "2026-03-03"}}
    groups = (await api.execute(document, given, as_=table.owner)).ok["view"]["groups"]

    assert [(each["value"], each["count"]) for each in groups] == [(None, 0), ("A", 1), ("B", 1)]
    assert [[node["value"] for node in each["records"]["nodes"]] for each in groups] == [[], ["b"], ["c"]]


async def test_days_follow_the_config_of_the_view(api: Api, table: MadeTable) -> None:
    view = await calendar(api, table, "Day")
    await create_records(api, table, [{"Name": "a", "Day": "2026-03-01"}, {"Name": "b", "Last": "2026-03-01"}])
    assert await names(api, table, view, "2026-03-01", "2026-03-02") == "a"

    await change_view(api, table, view, config={"date_field_id": table.fields["Last"]})
    assert await names(api, table, view, "2026-03-01", "2026-03-02") == "b"

    await update_field(api, table, "Last", options={"include_time": True})
    assert await names(api, table, view, "2026-03-01", "2026-03-02") == "b"

    (await mutate(api, "deleteField", "deletedId", {"id": table.fields["Last"]}, as_=table.owner)).ok  # noqa: B018
    refused = refusal(await answer(api, table, view, "2026-03-01", "2026-03-02"), "BAD_REQUEST")
    assert refused["message"] == "The view's config names no field with the day of a record."


@pytest.mark.parametrize(
    ("first", "to", "more", "message"),
    [
        ("2026-02-30", "2026-03-01", {}, "'days': '2026-02-30' is not a date: day is out of range for month."),
        ("2026-03-01", "1 March", {}, "'days': '1 March' is not a date of the form YYYY-MM-DD."),
        ("", "2026-03-01", {}, "'days': a day is empty."),
        ("2026-03-01", "2026-03-01", {}, "'days': 'to' must lie behind 'from', 2026-03-01."),
        (
            "2026-03-01",
            "2026-03-02",
            {"zone": "Mars/Base"},
            "'days': 'Mars/Base' is not a time zone of the IANA database, such as Europe/Berlin or UTC.",
        ),
        (
            "0001-01-01",
            "0001-01-02",
            {"zone": "Asia/Tokyo"},
            "'days': The moment must lie in the years 0001 to 9999 of UTC.",
        ),
    ],
)
async def test_what_is_no_range_is_refused(
    api: Api, table: MadeTable, first: str, to: str, more: dict[str, str], message: str
) -> None:
    view = await calendar(api, table, "Day")

    assert refusal(await answer(api, table, view, first, to, **more), "BAD_REQUEST")["message"] == message


async def test_a_view_without_days_and_no_view_are_refused(api: Api, table: MadeTable) -> None:
    view = (await make_view(api, table))["id"]
    document = "query ($id: ID!, $days: ViewDays) { records(tableId: $id, days: $days) { totalCount } }"
    days = {"from": "2026-03-01", "to": "2026-03-02"}

    of_grid = await answer(api, table, view, "2026-03-01", "2026-03-02")
    of_table = await api.execute(document, {"id": table.id, "days": days}, as_=table.owner)

    message = "'days' needs a view of the type CALENDAR, GANTT or TIMELINE."
    assert [refusal(each, "BAD_REQUEST")["message"] for each in (of_grid, of_table)] == [message] * 2


async def test_the_records_of_days_are_one_statement(
    api: Api, table: MadeTable, statements: Callable[[], StatementLog]
) -> None:
    view = await calendar(api, table, "Day", "Last")
    document = """
        query ($table: ID!, $view: ID!, $days: ViewDays) {
          records(tableId: $table, viewId: $view, days: $days) { totalCount }
        }
    """
    given = {"table": table.id, "view": view, "days": {"from": "2026-03-01", "to": "2026-03-02"}}
    await api.execute(document, given, as_=table.owner)

    with statements() as seen:
        await api.execute(document, given, as_=table.owner)

    assert seen.count == 1


async def test_an_index_on_the_day_is_read_from_the_first_to_the_last_one(
    api: Api, table: MadeTable, statements: Callable[[], StatementLog], pg: Connection
) -> None:
    view = await calendar(api, table, "Day")
    with statements() as seen:
        await names(api, table, view, "2026-03-01", "2026-03-02")
    await pg.execute("SET enable_seqscan = off")
    await pg.execute("SET plan_cache_mode = force_generic_plan")
    await pg.execute(f"PREPARE days AS {seen.texts[-1]}")
    count = await pg.fetchval("SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'days'")
    plan = str(await pg.fetch(f"EXPLAIN EXECUTE days ({', '.join(['NULL'] * count)})"))

    number = await pg.fetchval("SELECT number FROM fields WHERE name = 'Day'")
    assert f"f_{number}_order" in plan
    assert re.search(rf"Index Cond: \(\(f_{number} < .*\) AND \(f_{number} >= ", plan)
