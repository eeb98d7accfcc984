"""Streams and presence where a table is hidden: what begins, what it tells, and that it ends when rights change."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from resolvers.services import Services
from server.settings import Settings
from tests.graph.data_permissions.conftest import Office
from tests.support.catalog import mutate
from tests.support.sockets import Socket, opened, served
from tests.support.views import make_view
from tests.support.waiting import eventually

EVENTS = "subscription ($id: ID!) { recordEvents(tableId: $id) { type changedFields previous record { fields } } }"
LIVE = """
    subscription ($id: ID!) { liveRecords(tableId: $id) { page { nodes { fields } } patches { record { fields } } } }
"""
SCHEMA = """
    subscription ($id: ID!) { schemaEvents(baseId: $id) { object type objectId previous changedProperties } }
"""
PRESENCE = "subscription ($channel: String!) { presence(channel: $channel) { type members { focus { fieldId } } } }"
FOCUS = "mutation ($input: FocusCellInput!) { focusCell(input: $input) { connectionId } }"
OF_PERSON = {"Name": "Ann", "Age": None}


@pytest.fixture
async def address(settings: Settings, services: Services) -> AsyncIterator[str]:
    """Where the application is served."""
    async with served(settings, services) as address:
        yield address


@pytest.fixture
async def socket(address: str, office: Office) -> AsyncIterator[Socket]:
    """A socket of the editor."""
    async with opened(address) as socket:
        yield await socket.initialise(office.editor)


async def refused(socket: Socket, id: str) -> str:
    """The code of the error that ends a stream."""
    return (await socket.refusal(id))["extensions"]["code"]


async def rename(office: Office, id: str, name: str) -> None:
    given = {"id": id, "fields": {"Name": name}}
    (await mutate(office.api, "updateRecord", "record { id }", given, as_=office.owner)).ok  # noqa: B018


@pytest.mark.parametrize("query", [EVENTS, LIVE], ids=["recordEvents", "liveRecords"])
async def test_streams_of_a_hidden_table_do_not_begin(query: str, office: Office, socket: Socket) -> None:
    await office.hide()

    assert await refused(socket, await socket.subscribe(query, {"id": office.companies})) == "NOT_FOUND"


@pytest.mark.parametrize("query", [EVENTS, LIVE], ids=["recordEvents", "liveRecords"])
async def test_a_stream_ends_when_its_table_is_hidden(query: str, office: Office, socket: Socket) -> None:
    id = await socket.subscribe(query, {"id": office.companies})
    if query == EVENTS:
        await until_told(office, socket, id, office.acme)
    else:
        assert (await socket.next(id))["liveRecords"]["page"] is not None

    await office.hide()

    assert await refused(socket, id) in ("NOT_FOUND", "RESYNC_REQUIRED")
    assert await refused(socket, await socket.subscribe(query, {"id": office.companies})) == "NOT_FOUND"


@pytest.mark.parametrize("query", [EVENTS, LIVE], ids=["recordEvents", "liveRecords"])
async def test_a_stream_of_another_table_begins_anew_when_less_may_be_seen(
    query: str, office: Office, socket: Socket
) -> None:
    id = await socket.subscribe(query, {"id": office.people})
    if query == EVENTS:
        await until_told(office, socket, id, office.ann)
    else:
        assert "City" in (await socket.next(id))["liveRecords"]["page"]["nodes"][0]["fields"]

    await office.hide()

    assert await refused(socket, id) == "RESYNC_REQUIRED"


async def until_told(office: Office, socket: Socket, id: str, record: str) -> dict[str, Any]:
    """Once the stream has begun, have something happen that it tells; that is answered."""
    feeds = office.api.services.streams._feeds

    def has_begun() -> bool:
        return any(group.subscribers for feed in feeds.values() for group in feed.groups.values())

    await eventually(has_begun)
    await rename(office, record, "Name 1")
    return await socket.event(id)


async def test_events_show_no_fields_that_are_made_of_it(office: Office, socket: Socket) -> None:
    await office.hide()
    id = await socket.subscribe(EVENTS, {"id": office.people})

    event = await until_told(office, socket, id, office.ann)

    assert (event["type"], event["changedFields"]) == ("UPDATED", ["Name"])
    assert set(event["record"]["fields"]) == set(OF_PERSON)
    assert set(event["previous"]) == {"Name"}


async def test_changes_of_hidden_records_are_no_events_of_others(office: Office, socket: Socket) -> None:
    await office.hide()
    id = await socket.subscribe(LIVE, {"id": office.people})
    first = (await socket.next(id))["liveRecords"]
    assert first["page"]["nodes"][0]["fields"] == OF_PERSON

    await rename(office, office.acme, "Other")
    await rename(office, office.ann, "Anna")

    patched = (await socket.next(id))["liveRecords"]["patches"]
    assert patched == [{"record": {"fields": {**OF_PERSON, "Name": "Anna"}}}]
    await socket.end(id)


async def test_subscribers_with_and_without_the_role_share_nothing(
    office: Office, socket: Socket, address: str
) -> None:
    await office.hide()
    async with opened(address) as other:
        await other.initialise(office.owner)
        mine = await socket.subscribe(LIVE, {"id": office.people})
        theirs = await other.subscribe(LIVE, {"id": office.people})
        seen = [await socket.next(mine), await other.next(theirs)]

    fields = [set(each["liveRecords"]["page"]["nodes"][0]["fields"]) for each in seen]
    assert fields == [{"Name", "Age"}, {"Name", "Age", "Company", "City", "Place"}]


async def test_schema_events_tell_nothing_of_it(office: Office, socket: Socket) -> None:
    await office.hide()
    id = await socket.subscribe(SCHEMA, {"id": office.base})
    await socket.connection.ping()
    world = office.world
    link = await world.id_of(world.people, "Company")
    view = {"filter": {"field": "City", "operator": "EQ", "value": "Rome"}}

    hidden = (await world.add_field(world.companies, "Secret", "TEXT")).ok["createField"]["field"]["id"]
    again = {"linked_field_id": link, "lookup_field_id": hidden}
    shown = (await world.add_field(world.people, "Shown", "LOOKUP", again)).ok["createField"]["field"]["id"]
    await make_view(office.api, world.people.table, "Romans", **view)
    for field in (shown, hidden):
        (await mutate(office.api, "deleteField", "deletedId", {"id": field}, as_=office.owner)).ok  # noqa: B018
    given = {"id": office.companies}
    (await mutate(office.api, "deleteTable", "deletedId", given, as_=office.owner)).ok  # noqa: B018
    (await world.add_field(world.people, "Last", "TEXT")).ok  # noqa: B018

    told = [(await socket.next(id))["schemaEvents"]]
    while told[-1]["object"] != "FIELD" or told[-1]["type"] != "CREATED":
        told.append((await socket.next(id))["schemaEvents"])
    views = [each for each in told if each["object"] == "VIEW"]
    assert {each["object"] for each in told} <= {"VIEW", "FIELD"}
    assert views[0]["changedProperties"] == ["name", "position", "type", "isLocked"] or "filter" not in str(views)
    assert all(each["objectId"] not in (hidden, shown) for each in told)
    assert "filter" not in str(told)
    assert "Secret" not in str(told)


@pytest.mark.parametrize("place", ["table", "record"])
async def test_presence_in_a_hidden_table_is_not_found(place: str, office: Office, socket: Socket) -> None:
    await office.hide()
    channel = f"table:{office.companies}" if place == "table" else f"record:{office.acme}"

    assert await refused(socket, await socket.subscribe(PRESENCE, {"channel": channel})) == "NOT_FOUND"
    listed = await office.api.execute(
        "query ($channel: String!) { presence(channel: $channel) { connectionId } }",
        {"channel": channel},
        as_=office.editor,
    )
    assert listed.codes == ["NOT_FOUND"]


async def test_the_focus_on_hidden_cells_shows_in_no_channel_of_the_base(
    office: Office, socket: Socket, address: str
) -> None:
    await office.hide()
    channel = f"base:{office.base}"
    async with opened(address) as other:
        await other.initialise(office.owner)
        theirs = await other.subscribe(PRESENCE, {"channel": channel})
        assert (await other.next(theirs))["presence"]["type"] == "STATE"
        member = "query ($channel: String!) { presence(channel: $channel) { connectionId focus { recordId } } }"
        [found] = (await office.api.execute(member, {"channel": channel}, as_=office.owner)).ok["presence"]
        given = {"connectionId": found["connectionId"], "tableId": office.companies, "recordId": office.acme}
        (await office.api.execute(FOCUS, {"input": given}, as_=office.owner)).ok  # noqa: B018

        [seen] = (await office.api.execute(member, {"channel": channel}, as_=office.editor)).ok["presence"]

    assert seen["focus"] is None
