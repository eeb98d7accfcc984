"""Event cursors as clients use them: from any of them the stream goes on, with nothing lost and nothing twice."""

from dataclasses import replace
from typing import Any

import pytest

from resolvers.services import Services
from tests.graph.subscriptions.conftest import EVENTS
from tests.support.records import Records
from tests.support.sockets import Socket
from tests.support.tables import MadeTable

SINCE = "10:12:10"


def encoded(text: str) -> str:
    return text.encode().hex()


async def everything_after(socket: Socket, table: MadeTable, cursor: str, count: int, **more: Any) -> list[str]:
    """Ids of the records of the next events behind a cursor."""
    id = await socket.subscribe(EVENTS, {"table": table.id, "after": cursor, **more})
    found = [(await socket.event(id))["recordId"] for _ in range(count)]
    await socket.end(id)
    return found


@pytest.mark.parametrize("limit", [{"events_per_read": 3}, {"max_queued_bytes": 3_000}, {"max_queued_bytes": 1}])
async def test_a_stream_goes_on_behind_each_of_its_events(
    limit: dict[str, int], services: Services, owner: Socket, records: Records, table: MadeTable
) -> None:
    services.limits = replace(services.limits, **limit)
    start = (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]
    for size in (1, 2, 3, 4, 7):
        await records.create_all([{"Name": str(size)}] * size)
    id = await owner.subscribe(EVENTS, {"table": table.id, "after": start})
    events = [await owner.event(id) for _ in range(17)]
    await owner.end(id)
    ids = [event["recordId"] for event in events]
    assert len(set(ids)) == 17
    last = (await records.create({})).ok["createRecord"]["record"]["id"]
    for i, event in enumerate(events):
        assert await everything_after(owner, table, event["cursor"], 17 - i) == [*ids[i + 1 :], last]


async def test_what_comes_later_follows_the_rest_of_a_batch(
    services: Services, owner: Socket, records: Records, table: MadeTable
) -> None:
    start = (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]
    first = (await records.create_all([{}] * 5)).ok["createRecords"]["records"]
    id = await owner.subscribe(EVENTS, {"table": table.id, "after": start})
    events = [await owner.event(id) for _ in range(5)]
    await owner.end(id)
    later = (await records.create_all([{}] * 5)).ok["createRecords"]["records"]
    ids = [record["id"] for record in [*first, *later]]
    for size in (1, 2, 100):
        services.limits = replace(services.limits, events_per_read=size)
        assert await everything_after(owner, table, events[1]["cursor"], 8) == ids[2:]
        assert await everything_after(owner, table, events[4]["cursor"], 5) == ids[5:]


async def test_events_that_were_not_chosen_do_not_hold_the_cursor_back(
    owner: Socket, records: Records, table: MadeTable
) -> None:
    start = (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]
    made = (await records.create({})).ok["createRecord"]["record"]["id"]
    await records.update(made, {"Name": "x"})
    id = await owner.subscribe(EVENTS, {"table": table.id, "after": start, "types": ["CREATED"]})
    cursor = (await owner.event(id))["cursor"]
    await records.delete([made])
    again = await owner.subscribe(EVENTS, {"table": table.id, "after": cursor})
    assert (await owner.event(again))["type"] == "DELETED"


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "nonsense",
        "0",
        "zz",
        encoded("10:12"),
        encoded("10:12:10,"),
        encoded("10:12:11,10"),
        encoded("10:12:12"),
        encoded("10:12:9"),
        encoded("12:10:"),
        encoded("0:1:"),
        encoded("-1:1:"),
        encoded("10:12:10 "),
        encoded("10:99999999999999999999:"),
        encoded("10:9999999999999999999:"),
        encoded("١٠:١٢:"),
        encoded(f"{SINCE}/{SINCE}"),
        encoded(f"{SINCE}/{SINCE}/"),
        encoded(f"{SINCE}/{SINCE}/-1"),
        encoded(f"{SINCE}/{SINCE}/9223372036854775808"),
        encoded(f"{SINCE}/nonsense/1"),
        encoded(f"{SINCE}/{SINCE}/1/2"),
        " ".join([encoded("10:12:"), ""]),
        encoded("10:12:\n"),
        "١٠",
    ],
)
async def test_what_is_no_cursor_is_refused(cursor: str, owner: Socket, table: MadeTable) -> None:
    id = await owner.subscribe(EVENTS, {"table": table.id, "after": cursor})
    error = await owner.refusal(id)
    assert (error["extensions"], error["message"]) == (
        {"code": "BAD_REQUEST", "argument": "after"},
        "'after' is not an event cursor of this API.",
    )


@pytest.mark.parametrize("cursor", ["5:9000000000000000:", "5:6:/5:9000000000000000:/1"])
async def test_a_cursor_from_the_future_is_refused(cursor: str, owner: Socket, table: MadeTable) -> None:
    id = await owner.subscribe(EVENTS, {"table": table.id, "after": encoded(cursor)})
    error = await owner.refusal(id)
    assert error["message"] == "'after' is not an event cursor of this database."
    assert error["path"] == ["recordEvents"]


async def test_a_cursor_is_taken_in_capitals_too(owner: Socket, records: Records, table: MadeTable) -> None:
    cursor = (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]
    made = (await records.create({})).ok["createRecord"]["record"]["id"]
    assert await everything_after(owner, table, cursor.upper(), 1) == [made]
