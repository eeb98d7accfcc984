"""Streams where policies limit their subscriber: records come into sight and go out of it, and nothing else is told."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from resolvers.services import Services
from server.settings import Settings
from tests.graph.data_permissions.board import MINE, Board
from tests.graph.data_permissions.conftest import Office
from tests.support.catalog import mutate
from tests.support.sockets import Socket, opened, served

EVENTS = """
    subscription ($id: ID!) {
      recordEvents(tableId: $id) { type recordId changedFields previous record { fields(only: ["Name"]) } }
    }
"""
FILTERED = """
    subscription ($id: ID!) {
      recordEvents(tableId: $id, filter: {field: "Points", operator: GTE, value: 5}) { type recordId previous }
    }
"""
LIVE = """
    subscription ($id: ID!) {
      liveRecords(tableId: $id) {
        page { totalCount nodes { fields(only: ["Name"]) } }
        patches { type id record { fields(only: ["Name"]) } }
      }
    }
"""
LIVE_SUM = """
    subscription ($id: ID!) {
      liveAggregate(tableId: $id, metrics: [{function: SUM, field: "Points"}]) {
        page { nodes { metrics } } patches { group { metrics } }
      }
    }
"""


@pytest.fixture
async def address(settings: Settings, services: Services) -> AsyncIterator[str]:
    """Where the application is served."""
    async with served(settings, services) as address:
        yield address


@pytest.fixture
async def socket(address: str, board: Board) -> AsyncIterator[Socket]:
    """A socket of ann's."""
    async with opened(address) as socket:
        yield await socket.initialise(board.ann)


async def alter(board: Board, name: str, **fields: Any) -> None:  # it is what happens
    """Change a task as the owner."""
    (await board.change("updateRecord", as_=board.owner, id=board.tasks[name], fields=fields)).ok  # noqa: B018


async def begun(board: Board, socket: Socket, id: str, query: str) -> None:
    """Return once a stream of events has begun: it tells of what ann sees, and that has points enough."""
    await socket.connection.ping()
    for n in range(50):
        await alter(board, "a1", Points=50 + n)
        try:
            async with asyncio.timeout(0.3):
                await socket.event(id)
        except TimeoutError:
            continue
        return
    raise AssertionError(f"{query} has not begun")


async def told(board: Board, socket: Socket, id: str) -> list[dict[str, Any]]:
    """The events up to one that is made now."""
    await alter(board, "a2", Name="end", Points=77)
    events = [(await socket.next(id))["recordEvents"]]
    while events[-1]["recordId"] != board.tasks["a2"]:
        events.append((await socket.next(id))["recordEvents"])
    return [each for each in events if each["recordId"] not in (board.tasks["a1"], board.tasks["a2"])]


async def test_events_tell_what_comes_into_sight_and_goes_out_of_it(board: Board, socket: Socket) -> None:
    await board.limit()
    id = await socket.subscribe(EVENTS, {"id": board.table.id})
    await begun(board, socket, id, EVENTS)
    b1 = board.tasks["b1"]

    await alter(board, "b1", Name="secret", Points=11)
    await alter(board, "b1", Owner=board.ann.id, Name="b1")
    await alter(board, "b1", Points=12)
    await alter(board, "b1", Owner=board.bob.id, Name="gone")
    await alter(board, "n1", Name="none")
    events = await told(board, socket, id)

    assert [(each["type"], each["recordId"]) for each in events] == [
        ("CREATED", b1),
        ("UPDATED", b1),
        ("DELETED", b1),
    ]
    assert [each["record"] and each["record"]["fields"]["Name"] for each in events] == ["b1", "b1", None]
    assert [each["previous"] for each in events] == [
        None,
        {"Points": 11},
        {"Owner": str(board.ann.id), "Name": "b1"},
    ]
    assert "secret" not in str(events)


async def test_events_of_a_filter_are_of_records_that_are_seen(board: Board, socket: Socket) -> None:
    await board.limit()
    id = await socket.subscribe(FILTERED, {"id": board.table.id})
    await begun(board, socket, id, FILTERED)
    b1 = board.tasks["b1"]

    await alter(board, "b1", Points=20)
    await alter(board, "b1", Owner=board.ann.id)
    await alter(board, "b1", Points=1)
    await alter(board, "b1", Points=30, Owner=None)
    await alter(board, "b1", Owner=board.ann.id)
    events = await told(board, socket, id)

    assert [(each["type"], each["recordId"]) for each in events] == [("CREATED", b1), ("DELETED", b1), ("CREATED", b1)]
    assert [each["previous"] for each in events] == [None, {"Points": 20}, None]


async def test_a_live_list_has_what_is_seen(board: Board, socket: Socket) -> None:
    await board.limit()
    id = await socket.subscribe(LIVE, {"id": board.table.id})
    first = (await socket.next(id))["liveRecords"]["page"]
    assert (first["totalCount"], [each["fields"]["Name"] for each in first["nodes"]]) == (2, ["a1", "a2"])

    await alter(board, "b1", Name="secret")
    await alter(board, "b1", Owner=board.ann.id, Name="b1")
    patched = (await socket.next(id))["liveRecords"]["patches"]
    assert [(each["type"], each["record"]["fields"]["Name"]) for each in patched] == [("INSERTED", "b1")]

    await alter(board, "b1", Owner=board.bob.id)
    patched = (await socket.next(id))["liveRecords"]["patches"]
    assert [(each["type"], each["record"]) for each in patched] == [("REMOVED", None)]


async def test_a_live_aggregate_is_of_what_is_seen(board: Board, socket: Socket) -> None:
    await board.limit()
    id = await socket.subscribe(LIVE_SUM, {"id": board.table.id})
    [first] = (await socket.next(id))["liveAggregate"]["page"]["nodes"]
    assert first["metrics"] == {"sum_Points": 3}

    await alter(board, "b1", Points=50)
    await alter(board, "a1", Points=5)

    [patched] = (await socket.next(id))["liveAggregate"]["patches"]
    assert patched["group"]["metrics"] == {"sum_Points": 7}


@pytest.mark.parametrize("query", [EVENTS, LIVE], ids=["recordEvents", "liveRecords"])
async def test_a_stream_ends_when_policies_or_roles_let_its_subscriber_see_something_else(
    query: str, board: Board, socket: Socket
) -> None:
    codes = []
    policy = await board.limit({"field": "Points", "operator": "GT", "value": 1})
    changes: tuple[tuple[str, dict[str, Any]], ...] = (
        ("updateRecordPolicy", {"id": policy, "filter": {"field": "Points", "operator": "GT", "value": 5}}),
        ("deleteRecordPolicy", {"id": policy}),
        (
            "createRecordPolicy",
            {"tableId": board.table.id, "name": "P", "roles": ["EDITOR"], "applies": "READ", "filter": MINE},
        ),
        ("updateWorkspaceMember", {"id": board.memberships[board.ann.id], "role": "VIEWER"}),
    )
    for mutation, given in changes:
        id = await socket.subscribe(query, {"id": board.table.id})
        if query == LIVE:
            await socket.next(id)
        else:
            await begun(board, socket, id, query)
        (await board.change(mutation, as_=board.owner, **given)).ok  # noqa: B018
        codes.append((await refusal(socket, id))["extensions"]["code"])

    assert codes == ["RESYNC_REQUIRED"] * len(changes)


async def test_a_stream_ends_when_a_policy_does_not_fit_its_field_any_longer(board: Board, socket: Socket) -> None:
    await board.limit({"field": "Points", "operator": "GT", "value": 1})
    id = await socket.subscribe(EVENTS, {"id": board.table.id})
    await begun(board, socket, id, EVENTS)

    (await board.change("deleteField", as_=board.owner, id=board.table.fields["Points"])).ok  # noqa: B018

    assert (await refusal(socket, id))["extensions"]["code"] == "RESYNC_REQUIRED"


async def refusal(socket: Socket, id: str) -> dict[str, Any]:
    """The error that ends a stream, behind what it still tells of how it has begun."""
    while (message := await socket.receive())["type"] == "next":
        continue
    assert (message["type"], message["id"]) == ("error", id)
    error: dict[str, Any] = message["payload"][0]
    return error


async def test_subscribers_share_nothing_with_others_who_see_something_else(
    board: Board, socket: Socket, address: str
) -> None:
    await board.limit()
    async with opened(address) as other:
        await other.initialise(board.bob)
        ids = [await each.subscribe(LIVE, {"id": board.table.id}) for each in (socket, other)]
        pages = [(await each.next(id))["liveRecords"]["page"] for each, id in zip((socket, other), ids, strict=True)]

    assert [[node["fields"]["Name"] for node in page["nodes"]] for page in pages] == [["a1", "a2"], ["b1"]]


LINKS = """
    subscription ($id: ID!) {
      recordEvents(tableId: $id) { type recordId changedFields previous record { fields } }
    }
"""
LIVE_LINKS = """
    subscription ($id: ID!) { liveRecords(tableId: $id) { page { nodes { fields } } patches { record { fields } } } }
"""


async def test_events_show_links_to_records_that_are_seen(office: Office, address: str) -> None:
    [best] = await office.world.add(office.world.companies, {"Name": "Secret Ltd", "City": "Oslo"})
    roman = {"field": "City", "operator": "EQ", "value": "Rome"}
    given = {"tableId": office.companies, "name": "R", "roles": ["EDITOR"], "applies": "READ", "filter": roman}
    (await mutate(office.api, "createRecordPolicy", "__typename", given, as_=office.owner)).ok  # noqa: B018
    async with opened(address) as socket:
        await socket.initialise(office.editor)
        live = await socket.subscribe(LIVE_LINKS, {"id": office.people})
        page = (await socket.next(live))["liveRecords"]["page"]["nodes"]
        await socket.end(live)
        id = await socket.subscribe(LINKS, {"id": office.people})
        await socket.connection.ping()
        for n in range(50):
            await put(office, office.ann, Name=f"Name {n}")
            try:
                async with asyncio.timeout(0.3):
                    await socket.event(id)
            except TimeoutError:
                continue
            break
        told = []
        await put(office, office.bob, Company=best)
        told.append(await event_of(socket, id, office.bob))
        await put(office, best, Name="Secret 2")
        for city, name in (("Rome", "Open 1"), ("Bergen", "Secret 3")):
            await put(office, best, City=city, Name=name)
            told.append(await event_of(socket, id, office.bob))
        await put(office, office.bob, Company=None)
        told.append(await event_of(socket, id, office.bob))

    assert [node["fields"]["Company"] for node in page] == [{"id": office.acme, "value": "Acme"}, None]
    open_one = {"id": best, "value": "Open 1"}
    assert {each["recordId"] for each in told} == {office.bob}
    assert [each["record"]["fields"]["Company"] for each in told] == [None, open_one, None, None]
    assert [each["previous"]["Company"] for each in told] == [None, None, open_one, None]


async def event_of(socket: Socket, id: str, record: str) -> dict[str, Any]:
    """The next event of a record; of those that told that the stream has begun there may be more before it."""
    while (event := await socket.event(id))["recordId"] != record:
        continue
    return event


async def put(office: Office, id: str, **fields: Any) -> None:
    """Change a record as the owner."""
    (await mutate(office.api, "updateRecord", "__typename", {"id": id, "fields": fields}, as_=office.owner)).ok  # noqa: B018
