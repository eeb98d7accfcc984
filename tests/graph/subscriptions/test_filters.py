"""`recordEvents` with a filter: records that come to match it, and that no longer do."""

from typing import Any

import pytest

from tests.support.api import Api
from tests.support.catalog import add_field, mutate, update_field
from tests.support.records import Records
from tests.support.sockets import Socket
from tests.support.tables import MadeTable

FILTERED = """
    subscription ($table: ID!, $field: String!, $operator: FilterOperator!, $value: JSON, $types: [RecordEventType!],
                  $after: String) {
      recordEvents(tableId: $table, filter: { field: $field, operator: $operator, value: $value }, types: $types,
                   after: $after) {
        type isFilterTransition recordId changedFields previous record { fields(only: ["Name"]) }
      }
    }
"""


def what(event: dict[str, Any]) -> tuple[str, bool]:
    return event["type"], event["isFilterTransition"]


async def follow(socket: Socket, table: MadeTable, field: str, operator: str, value: object, **more: Any) -> str:
    """Subscribe, and wait until the stream has begun."""
    variables = {"table": str(table.id), "field": field, "operator": operator, "value": value, **more}
    await socket.send({"id": "f", "type": "subscribe", "payload": {"query": FILTERED, "variables": variables}})
    return "f"


async def now(records: Records) -> str:
    return (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]


# A value that leads to the stream by itself, and conditions that are tried on each change.
CONDITIONS = [
    pytest.param("Name", "EQ", "in", {"Name": "in"}, {"Name": "out"}, id="equal text"),
    pytest.param("Price", "EQ", 1.0, {"Price": 1}, {"Price": 2}, id="equal number"),
    pytest.param("Status", "EQ", "Open", {"Status": "Open"}, {"Status": "Done"}, id="equal choice"),
    pytest.param("At", "EQ", "2026-01-01T10:00:00+02:00", {"At": "2026-01-01T08:00Z"}, {"At": None}, id="equal time"),
    pytest.param("Name", "STARTS_WITH", "i", {"Name": "in"}, {"Name": "out"}, id="beginning"),
    pytest.param("Name", "IS_EMPTY", None, {"Name": None}, {"Name": "out"}, id="empty"),
    pytest.param("Price", "GT", 5, {"Price": 6}, {"Price": 5}, id="greater"),
    pytest.param("Name", "NEQ", "out", {"Name": None}, {"Name": "out"}, id="different"),
    pytest.param("$revision", "GT", 0, {"Name": "x"}, None, id="system column"),
]


@pytest.mark.parametrize(("field", "operator", "value", "matching", "other"), CONDITIONS)
@pytest.mark.parametrize("is_resumed", [True, False])
async def test_records_come_and_go_with_the_filter(
    field: str,
    operator: str,
    value: object,
    matching: dict[str, Any],
    other: dict[str, Any] | None,
    is_resumed: bool,
    owner: Socket,
    records: Records,
    table: MadeTable,
) -> None:
    start = await now(records)
    if not is_resumed:
        await follow(owner, table, field, operator, value, after=start)
        marker = (await records.create(matching)).ok["createRecord"]["record"]["id"]
        assert (await owner.event("f"))["recordId"] == marker
    record = (await records.create(matching)).ok["createRecord"]["record"]["id"]
    await records.update(record, {"Ready": True})
    expected = [("CREATED", False), ("UPDATED", False)]
    if other is not None:
        await records.update(record, other)
        await records.update(record, {"Ready": False})
        await records.update(record, matching)
        unseen = (await records.create(other)).ok["createRecord"]["record"]["id"]
        await records.delete([unseen])
        expected += [("DELETED", True), ("CREATED", True)]
    await records.delete([record])
    expected.append(("DELETED", False))
    if is_resumed:
        await follow(owner, table, field, operator, value, after=start)
    events = [await owner.event("f") for _ in expected]
    assert [what(event) for event in events] == expected
    assert {event["recordId"] for event in events} == {record}
    assert [event["record"] is None for event in events] == [type == "DELETED" for type, _ in expected]
    await owner.end("f")


async def test_the_values_before_tell_why_a_record_has_gone(owner: Socket, records: Records, table: MadeTable) -> None:
    record = (await records.create({"Name": "in", "Price": 1})).ok["createRecord"]["record"]["id"]
    await follow(owner, table, "Name", "EQ", "in", after=await now(records))
    await records.update(record, {"Name": "out"})
    event = await owner.event("f")
    assert (event["changedFields"], event["previous"], event["record"]) == (["Name"], {"Name": "in"}, None)


async def test_types_are_those_that_the_stream_sees(owner: Socket, records: Records, table: MadeTable) -> None:
    record = (await records.create({"Name": "out"})).ok["createRecord"]["record"]["id"]
    await follow(owner, table, "Name", "EQ", "in", after=await now(records), types=["CREATED"])
    await records.update(record, {"Name": "in"})
    assert what(await owner.event("f")) == ("CREATED", True)
    await records.update(record, {"Price": 1})
    await records.delete([record])
    again = (await records.create({"Name": "in"})).ok["createRecord"]["record"]["id"]
    assert (await owner.event("f"))["recordId"] == again


async def test_each_state_between_is_judged_as_it_was(owner: Socket, records: Records, table: MadeTable) -> None:
    start = await now(records)
    record = (await records.create({"Name": "in"})).ok["createRecord"]["record"]["id"]
    for name in ("out", "in", "still", "in"):
        await records.update(record, {"Name": name})
    await records.update(record, {"Name": "gone"})
    await follow(owner, table, "Name", "EQ", "in", after=start)
    back_and_forth = [("DELETED", True), ("CREATED", True)] * 2
    assert [what(await owner.event("f")) for _ in range(6)] == [("CREATED", False), *back_and_forth, ("DELETED", True)]


async def test_a_filter_outlives_a_conversion_of_its_field(
    owner: Socket, api: Api, records: Records, table: MadeTable
) -> None:
    await follow(owner, table, "Price", "EQ", 5, after=await now(records))
    await records.create({"Price": 5, "Name": "number"})
    assert (await owner.event("f"))["record"] == {"fields": {"Name": "number"}}
    await update_field(api, table, "Price", type="RATING")
    await records.create({"Price": 5, "Name": "rating"})
    assert (await owner.event("f"))["record"] == {"fields": {"Name": "rating"}}


async def test_a_stream_ends_with_the_field_of_its_filter(
    owner: Socket, api: Api, records: Records, table: MadeTable
) -> None:
    extra = await add_field(api, table, name="Extra", type="TEXT")
    await follow(owner, table, "Extra", "EQ", "x", after=await now(records))
    await records.create({"Extra": "x"})
    assert (await owner.event("f"))["changedFields"] == ["Extra"]
    await mutate(api, "deleteField", "deletedId", {"id": extra}, as_=table.owner)
    await records.create({"Name": "wakes the stream"})
    error = await owner.refusal("f")
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert "'Extra'" in error["message"]


@pytest.mark.parametrize(
    ("field", "operator", "value", "said"),
    [
        ("Nonsense", "EQ", 1, "has no field 'Nonsense'"),
        ("Price", "EQ", "many", "cannot use this value"),
        ("Name", "HAS_ANY", ["x"], "does not fit field 'Name'"),
    ],
)
async def test_a_filter_that_makes_no_sense_is_refused(
    field: str, operator: str, value: object, said: str, owner: Socket, table: MadeTable
) -> None:
    await follow(owner, table, field, operator, value)
    error = await owner.refusal("f")
    assert (error["extensions"]["code"], said in error["message"]) == ("BAD_REQUEST", True), error
