"""Streams and presence where a field is hidden: what they tell, and that they end when permissions change."""

from collections.abc import AsyncIterator

import pytest

from resolvers.services import Services
from resolvers.streams.schema_horizons import horizons_of
from server.settings import Settings
from tests.graph.data_permissions.board import Board
from tests.graph.data_permissions.conftest import Office
from tests.graph.data_permissions.test_hidden_streams import EVENTS, FOCUS, LIVE, SCHEMA, refused, until_told
from tests.support.catalog import mutate
from tests.support.sockets import Socket, opened, served
from tests.support.statements import StatementLog

LIVE_METRICS = """
    subscription ($id: ID!) {
      liveAggregate(tableId: $id, metrics: [{function: MAX, field: "City"}]) { totalCount }
    }
"""


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


async def test_events_tell_nothing_of_it(office: Office, socket: Socket) -> None:
    await office.city()
    id = await socket.subscribe(EVENTS, {"id": office.companies})
    event = await until_told(office, socket, id, office.acme)

    (await office.world.companies.update(office.acme, {"City": "Oslo"})).ok  # noqa: B018

    while event["changedFields"] == ["Name"]:  # of those that told that the stream has begun there may be more
        event = await socket.event(id)
    assert (event["type"], event["changedFields"], event["previous"]) == ("UPDATED", [], {})
    assert "City" not in event["record"]["fields"]


async def test_live_records_show_none_of_it(office: Office, socket: Socket) -> None:
    await office.city()
    for table in (office.companies, office.people):
        id = await socket.subscribe(LIVE, {"id": table})
        page = (await socket.next(id))["liveRecords"]["page"]
        assert "Rome" not in str(page)
    metrics = await socket.subscribe(LIVE_METRICS, {"id": office.companies})
    assert await refused(socket, metrics) == "BAD_REQUEST"


@pytest.mark.parametrize("query", [EVENTS, LIVE], ids=["recordEvents", "liveRecords"])
async def test_a_stream_ends_when_a_field_is_hidden(query: str, office: Office, socket: Socket) -> None:
    id = await socket.subscribe(query, {"id": office.people})
    if query == EVENTS:
        await until_told(office, socket, id, office.ann)
    else:
        assert "City" in (await socket.next(id))["liveRecords"]["page"]["nodes"][0]["fields"]

    await office.city()

    while (message := await socket.receive())["type"] == "next":
        assert query == EVENTS  # of those that told that the stream has begun there may be more
    assert (message["id"], message["payload"][0]["extensions"]["code"]) == (id, "RESYNC_REQUIRED")


async def test_the_streams_of_those_who_see_it_go_on(office: Office, address: str) -> None:
    async with opened(address) as socket:
        await socket.initialise(office.owner)
        id = await socket.subscribe(LIVE, {"id": office.companies})
        await socket.next(id)

        city = await office.city()
        (await office.world.companies.update(office.acme, {"City": "Oslo"})).ok  # noqa: B018
        patched = (await socket.next(id))["liveRecords"]["patches"]
        (await office.limit(city)).ok  # noqa: B018
        (await office.world.companies.update(office.acme, {"City": "Bern"})).ok  # noqa: B018
        again = (await socket.next(id))["liveRecords"]["patches"]

    assert [each["record"]["fields"]["City"] for each in (*patched, *again)] == ["Oslo", "Bern"]


async def test_a_stream_ends_when_a_field_is_shown_again(office: Office, socket: Socket) -> None:
    city = await office.city()
    id = await socket.subscribe(LIVE, {"id": office.companies})
    assert "City" not in (await socket.next(id))["liveRecords"]["page"]["nodes"][0]["fields"]

    (await office.limit(city)).ok  # noqa: B018

    assert await refused(socket, id) == "RESYNC_REQUIRED"


async def test_schema_events_tell_nothing_of_it(office: Office, socket: Socket) -> None:
    world, city = office.world, await office.city()
    id = await socket.subscribe(SCHEMA, {"id": office.base})
    await socket.connection.ping()

    given = {"fieldId": city}
    made = await mutate(office.api, "createUniqueConstraint", "uniqueConstraint { id }", given, as_=office.owner)
    constraint = made.ok["createUniqueConstraint"]["uniqueConstraint"]["id"]
    (await mutate(office.api, "updateField", "field { id }", {"id": city, "name": "Secret"}, as_=office.owner)).ok  # noqa: B018
    for name in ("Place", "City"):
        field = {"id": await world.id_of(world.people, name)}
        (await mutate(office.api, "deleteField", "deletedId", field, as_=office.owner)).ok  # noqa: B018
    (await mutate(office.api, "deleteField", "deletedId", {"id": city}, as_=office.owner)).ok  # noqa: B018
    (await world.add_field(world.people, "Last", "TEXT")).ok  # noqa: B018

    told = [(await socket.next(id))["schemaEvents"]]
    while told[-1]["object"] != "FIELD" or told[-1]["type"] != "CREATED":
        told.append((await socket.next(id))["schemaEvents"])
    assert [(each["object"], each["type"]) for each in told if each["object"] == "FIELD"] == [("FIELD", "CREATED")]
    assert constraint not in str(told)
    assert "Secret" not in str(told)


async def test_the_focus_of_others_names_no_field(office: Office, socket: Socket, address: str) -> None:
    city, channel = await office.city(), f"table:{office.companies}"
    presence = "subscription ($channel: String!) { presence(channel: $channel) { type } }"
    member = "query ($channel: String!) { presence(channel: $channel) { connectionId focus { recordId fieldId } } }"
    async with opened(address) as other:
        await other.initialise(office.owner)
        theirs = await other.subscribe(presence, {"channel": channel})
        assert (await other.next(theirs))["presence"]["type"] == "STATE"
        [found] = (await office.api.execute(member, {"channel": channel}, as_=office.owner)).ok["presence"]
        given = {"connectionId": found["connectionId"], "tableId": office.companies, "recordId": office.acme}
        given["fieldId"] = city
        (await office.api.execute(FOCUS, {"input": given}, as_=office.owner)).ok  # noqa: B018

        [seen] = (await office.api.execute(member, {"channel": channel}, as_=office.editor)).ok["presence"]

    assert seen["focus"] == {"recordId": office.acme, "fieldId": None}


async def test_nobody_focuses_what_they_may_not_see(office: Office, socket: Socket) -> None:
    city, channel = await office.city(), f"table:{office.companies}"
    presence = "subscription ($channel: String!) { presence(channel: $channel) { type } }"
    member = "query ($channel: String!) { presence(channel: $channel) { connectionId } }"
    assert (await socket.next(await socket.subscribe(presence, {"channel": channel})))["presence"]["type"] == "STATE"
    [found] = (await office.api.execute(member, {"channel": channel}, as_=office.editor)).ok["presence"]
    given = {"connectionId": found["connectionId"], "tableId": office.companies, "fieldId": city}

    assert (await office.api.execute(FOCUS, {"input": given}, as_=office.editor)).codes == ["NOT_FOUND"]


async def test_what_many_may_see_of_schema_events_takes_as_many_statements_as_for_one(
    board: Board, services: Services
) -> None:
    await board.limit()
    counts = []
    for people in ((board.ann,), (board.ann, board.bob, board.eve, board.owner)):
        with StatementLog(services.database) as log:
            async with services.database.unit() as unit:
                found = await horizons_of(unit, board.table.base_id, [person.id for person in people])
        counts.append(log.count)

    assert found.keys() == {board.ann.id, board.bob.id, board.eve.id}
    assert counts == [4, 4]
