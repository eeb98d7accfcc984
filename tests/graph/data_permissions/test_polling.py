"""Pages of changes for those who do not see all: they tell what a stream would, and nothing else."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from resolvers.services import Services
from server.settings import Settings
from tests.graph.data_permissions.board import Board
from tests.graph.data_permissions.conftest import Office
from tests.support.api import Api, Person
from tests.support.sockets import opened, served

SELECTED = "type recordId changedFields previous record { fields }"
CURSOR = "query ($id: ID!) { records(tableId: $id) { eventCursor } }"
PAGE = """
    query ($id: ID!, $after: String!) {
      recordChanges(tableId: $id, after: $after, first: 2) { events { %s } cursor hasMore }
    }
"""
STREAM = f"""
    subscription ($id: ID!, $after: String!) {{ recordEvents(tableId: $id, after: $after) {{ {SELECTED} }} }}
"""


@pytest.fixture
async def address(settings: Settings, services: Services) -> AsyncIterator[str]:
    """Where the application is served."""
    async with served(settings, services) as address:
        yield address


async def cursor(api: Api, person: Person, table: Any) -> str:
    """The cursor of a read."""
    found: str = (await api.execute(CURSOR, {"id": table}, as_=person)).ok["records"]["eventCursor"]
    return found


async def polled(api: Api, person: Person, table: Any, after: str, selected: str = SELECTED) -> list[dict[str, Any]]:
    """The events of all pages behind a cursor."""
    events, has_more = [], True
    while has_more:
        page = (await api.execute(PAGE % selected, {"id": table, "after": after}, as_=person)).ok["recordChanges"]
        events += page["events"]
        after, has_more = page["cursor"], page["hasMore"]
    return events


async def streamed(address: str, person: Person, table: Any, after: str, count: int) -> list[dict[str, Any]]:
    """The first events of a stream behind a cursor."""
    async with opened(address) as socket:
        await socket.initialise(person)
        id = await socket.subscribe(STREAM, {"id": table, "after": after})
        return [await socket.event(id) for _ in range(count)]


async def alter(board: Board, name: str, **fields: Any) -> None:
    """Change a task as the owner."""
    (await board.change("updateRecord", as_=board.owner, id=board.tasks[name], fields=fields)).ok  # noqa: B018


async def test_records_come_into_sight_and_go_out_of_it(board: Board, address: str) -> None:
    await board.limit()
    after, b1 = await cursor(board.api, board.ann, board.table.id), board.tasks["b1"]

    await alter(board, "b1", Name="secret", Points=11)
    await alter(board, "b1", Owner=board.ann.id, Name="b1")
    await alter(board, "b1", Points=12)
    await alter(board, "b1", Owner=board.bob.id, Name="gone")
    await alter(board, "n1", Name="none")
    await alter(board, "a1", Points=3)
    events = await polled(board.api, board.ann, board.table.id, after)

    assert [(each["type"], each["recordId"], each["previous"]) for each in events] == [
        ("CREATED", b1, None),
        ("UPDATED", b1, {"Points": 11}),
        ("DELETED", b1, {"Owner": str(board.ann.id), "Name": "b1"}),
        ("UPDATED", board.tasks["a1"], {"Points": 1}),
    ]
    assert all(hidden not in str(events) for hidden in ("secret", "gone", "none"))
    assert events == await streamed(address, board.ann, board.table.id, after, len(events))
    assert len(await polled(board.api, board.owner, board.table.id, after)) == 6


async def test_a_limited_caller_may_select_the_cursor_alone(board: Board) -> None:
    await board.limit()
    after = await cursor(board.api, board.ann, board.table.id)
    await alter(board, "a1", Points=3)
    document = PAGE.replace("events { %s } ", "")

    given = {"id": board.table.id, "after": after}
    page = (await board.api.execute(document, given, as_=board.ann)).ok["recordChanges"]

    assert page["hasMore"] is False
    assert await polled(board.api, board.ann, board.table.id, page["cursor"]) == []


async def test_a_hidden_field_is_not_told_of(office: Office, address: str) -> None:
    await office.city()
    after = await cursor(office.api, office.editor, office.companies)

    (await office.world.companies.update(office.acme, {"City": "Oslo"})).ok  # noqa: B018
    (await office.world.companies.update(office.acme, {"Name": "New", "City": "Bern"})).ok  # noqa: B018
    events = await polled(office.api, office.editor, office.companies, after)

    assert [(each["changedFields"], each["previous"]) for each in events] == [([], {}), (["Name"], {"Name": "Acme"})]
    assert all("City" not in each["record"]["fields"] for each in events)
    assert events == await streamed(address, office.editor, office.companies, after, len(events))
    whole = "record { fields table { name } } changedFields"
    by_resolvers = await polled(office.api, office.editor, office.companies, after, whole)
    assert [each["changedFields"] for each in by_resolvers] == [[], ["Name"]]
    assert all("City" not in each["record"]["fields"] for each in by_resolvers)


async def test_records_of_a_hidden_table_change_nothing_that_is_seen(office: Office) -> None:
    await office.hide()
    after = await cursor(office.api, office.editor, office.people)

    (await office.world.companies.update(office.acme, {"City": "Oslo"})).ok  # noqa: B018

    assert await polled(office.api, office.editor, office.people, after) == []
    [event] = await polled(office.api, office.owner, office.people, after)
    assert (event["recordId"], event["previous"]) == (office.ann, {"City": "Rome", "Place": "Rome!"})


async def test_what_is_hidden_in_the_meantime_is_not_told_of_any_longer(office: Office) -> None:
    after = await cursor(office.api, office.editor, office.companies)
    (await office.world.companies.update(office.acme, {"City": "Oslo"})).ok  # noqa: B018

    await office.city()
    [event] = await polled(office.api, office.editor, office.companies, after)
    await office.hide()
    given = {"id": office.companies, "after": after}

    assert (event["changedFields"], event["previous"]) == ([], {})
    assert (await office.api.execute(PAGE % SELECTED, given, as_=office.editor)).codes == ["NOT_FOUND"]
