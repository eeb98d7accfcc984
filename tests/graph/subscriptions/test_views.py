"""`recordEvents` and `liveRecords` through a view, which may change meanwhile."""

from typing import Any

import pytest

from tests.support.api import Api
from tests.support.catalog import add_member, mutate
from tests.support.records import Records
from tests.support.sockets import Socket
from tests.support.tables import MadeTable
from tests.support.views import change_view, make_view

EVENTS = """
    subscription ($table: ID!, $view: ID!, $after: String) {
      recordEvents(tableId: $table, viewId: $view, after: $after) {
        type isFilterTransition record { fields(only: ["Name"]) }
      }
    }
"""
LIVE = """
    subscription ($table: ID!, $view: ID!) {
      liveRecords(tableId: $table, viewId: $view) {
        type page { nodes { value(field: "Name") } } patches { type index record { value(field: "Name") } }
      }
    }
"""
LIVE_DAYS = LIVE.replace("$view: ID!", "$view: ID!, $days: ViewDays").replace("$view)", "$view, days: $days)")
DEAR = {"field": "Price", "operator": "GTE", "value": 5}
CHEAP = {"field": "Price", "operator": "LT", "value": 5}


@pytest.fixture
async def view(api: Api, table: MadeTable) -> str:
    """Id of a view of what is cheap, the cheapest first."""
    return (await make_view(api, table, filter=CHEAP, orderBy=[{"field": "Price"}]))["id"]


async def now(records: Records) -> str:
    return (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]


async def add(records: Records, name: str, price: int, **more: Any) -> str:
    made = await records.create({"Name": name, "Price": price, **more})
    return made.ok["createRecord"]["record"]["id"]


async def next_event(socket: Socket, id: str) -> tuple[str, bool, str | None]:
    event = (await socket.next(id))["recordEvents"]
    return event["type"], event["isFilterTransition"], event["record"] and event["record"]["fields"]["Name"]


def names(event: dict[str, Any]) -> list[Any]:
    if event["type"] == "SNAPSHOT":
        return [node["value"] for node in event["page"]["nodes"]]
    return [(patch["type"], patch["record"] and patch["record"]["value"]) for patch in event["patches"]]


async def test_events_are_those_of_the_views_records(
    owner: Socket, records: Records, table: MadeTable, view: str
) -> None:
    ready = EVENTS.replace("after: $", 'filter: { field: "Ready", operator: EQ, value: true }, after: $')
    variables = {"table": table.id, "view": view, "after": await now(records)}
    id = await owner.subscribe(EVENTS, variables)

    await add(records, "dear", 9)
    bolt = await add(records, "bolt", 2)
    await add(records, "nut", 1, Ready=True)
    await records.update(bolt, {"Price": 7})

    assert await next_event(owner, id) == ("CREATED", False, "bolt")
    assert await next_event(owner, id) == ("CREATED", False, "nut")
    assert await next_event(owner, id) == ("DELETED", True, None)
    await owner.end(id)
    both = await owner.subscribe(ready, variables)
    assert await next_event(owner, both) == ("CREATED", False, "nut")


async def test_events_follow_a_change_of_the_view(
    owner: Socket, api: Api, records: Records, table: MadeTable, view: str
) -> None:
    id = await owner.subscribe(EVENTS, {"table": table.id, "view": view, "after": await now(records)})
    await add(records, "a", 1)
    assert await next_event(owner, id) == ("CREATED", False, "a")

    await change_view(api, table, view, filter=DEAR)
    await add(records, "b", 1)
    await add(records, "c", 9)

    assert await next_event(owner, id) == ("CREATED", False, "c")


async def test_a_live_list_follows_the_view_and_its_records(
    owner: Socket, api: Api, records: Records, table: MadeTable, view: str
) -> None:
    await records.create_all([{"Name": "b", "Price": 2}, {"Name": "a", "Price": 1}, {"Name": "z", "Price": 9}])
    id = await owner.subscribe(LIVE, {"table": table.id, "view": view})

    async def change() -> list[Any]:
        return names((await owner.next(id))["liveRecords"])

    assert await change() == ["a", "b"]
    await add(records, "c", 3)
    assert await change() == [("INSERTED", "c")]
    await change_view(api, table, view, filter=DEAR)
    patches = await change()
    assert sorted(patches, key=str) == [("INSERTED", "z"), *[("REMOVED", None)] * 3]


async def test_events_of_a_view_that_is_deleted_end(
    owner: Socket, api: Api, records: Records, table: MadeTable, view: str
) -> None:
    id = await owner.subscribe(EVENTS, {"table": table.id, "view": view, "after": await now(records)})
    await add(records, "a", 1)
    assert await next_event(owner, id) == ("CREATED", False, "a")

    await mutate(api, "deleteView", "deletedId", {"id": view}, as_=table.owner)

    assert (await owner.refusal(id))["extensions"]["code"] == "NOT_FOUND"


async def test_a_live_list_of_a_view_that_is_deleted_ends(owner: Socket, api: Api, table: MadeTable, view: str) -> None:
    id = await owner.subscribe(LIVE, {"table": table.id, "view": view})
    await owner.next(id)

    await mutate(api, "deleteView", "deletedId", {"id": view}, as_=table.owner)

    assert (await owner.refusal(id))["extensions"]["code"] == "NOT_FOUND"


async def test_a_personal_view_of_somebody_else_cannot_be_followed(owner: Socket, api: Api, table: MadeTable) -> None:
    editor = await api.register()
    await add_member(api, table.owner, table.workspace_id, editor, "EDITOR")
    theirs = await make_view(api, table, as_=editor, isPersonal=True)

    for document in (EVENTS, LIVE):
        id = await owner.subscribe(document, {"table": table.id, "view": theirs["id"]})
        assert (await owner.refusal(id))["extensions"]["code"] == "NOT_FOUND"


async def test_a_live_list_of_days_takes_what_comes_to_lie_on_them(
    owner: Socket, api: Api, records: Records, table: MadeTable
) -> None:
    config = {"date_field_id": table.fields["At"]}
    calendar = (await make_view(api, table, "Days", "CALENDAR", config=config))["id"]
    days = {"from": "2026-03-01", "to": "2026-03-02", "timeZone": "Europe/Berlin"}
    id = await owner.subscribe(LIVE_DAYS, {"table": table.id, "view": calendar, "days": days})
    assert names((await owner.next(id))["liveRecords"]) == []

    await add(records, "before", 1, At="2026-02-28T22:59:59Z")
    await add(records, "within", 1, At="2026-02-28T23:00:00Z")

    assert names((await owner.next(id))["liveRecords"]) == [("INSERTED", "within")]
