"""Presence where policies hide records: no channel, and no focus, tells of one that is not seen."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from resolvers.services import Services
from server.settings import Settings
from tests.graph.data_permissions.board import Board
from tests.support.sockets import Socket, opened, served

PRESENCE = "subscription ($channel: String!) { presence(channel: $channel) { type } }"
MEMBERS = "query ($channel: String!) { presence(channel: $channel) { connectionId focus { recordId fieldId } } }"
FOCUS = "mutation ($input: FocusCellInput!) { focusCell(input: $input) { connectionId } }"


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


async def members(board: Board, channel: str) -> list[dict[str, Any]]:
    """Who is in a channel, as ann sees it."""
    found = await board.api.execute(MEMBERS, {"channel": channel}, as_=board.ann)
    return found.ok["presence"]


async def test_the_channel_of_a_record_that_is_not_seen_is_not_found(board: Board, socket: Socket) -> None:
    await board.limit()
    theirs, mine = (f"record:{board.tasks[name]}" for name in ("b1", "a1"))

    refused = await socket.refusal(await socket.subscribe(PRESENCE, {"channel": theirs}))
    listed = await board.api.execute(MEMBERS, {"channel": theirs}, as_=board.ann)

    assert refused["extensions"]["code"] == "NOT_FOUND"
    assert listed.codes == ["NOT_FOUND"]
    assert await members(board, mine) == []


async def test_a_channel_ends_when_its_record_goes_out_of_sight(board: Board, socket: Socket) -> None:
    await board.limit()
    id = await socket.subscribe(PRESENCE, {"channel": f"record:{board.tasks['a1']}"})
    assert (await socket.next(id))["presence"]["type"] == "STATE"

    given = {"id": board.tasks["a1"], "fields": {"Owner": board.bob.id}}
    (await board.change("updateRecord", as_=board.owner, **given)).ok  # noqa: B018

    assert (await socket.refusal(id))["extensions"]["code"] == "NOT_FOUND"


async def test_a_record_that_is_not_seen_is_not_there_to_be_focused(board: Board, socket: Socket) -> None:
    await board.limit()
    channel = f"table:{board.table.id}"
    id = await socket.subscribe(PRESENCE, {"channel": channel})
    assert (await socket.next(id))["presence"]["type"] == "STATE"
    [me] = await members(board, channel)
    given = {"connectionId": me["connectionId"], "tableId": board.table.id}

    theirs = await board.api.execute(FOCUS, {"input": {**given, "recordId": board.tasks["b1"]}}, as_=board.ann)
    mine = await board.api.execute(FOCUS, {"input": {**given, "recordId": board.tasks["a1"]}}, as_=board.ann)

    assert (theirs.codes, mine.codes) == (["NOT_FOUND"], [])


async def test_the_focus_of_others_shows_in_the_channel_of_its_record_alone(board: Board, address: str) -> None:
    await board.limit()
    table, record = f"table:{board.table.id}", f"record:{board.tasks['a1']}"
    async with opened(address) as other:
        await other.initialise(board.owner)
        for channel in (table, f"base:{board.table.base_id}", f"workspace:{board.table.workspace_id}", record):
            id = await other.subscribe(PRESENCE, {"channel": channel})
            assert (await other.next(id))["presence"]["type"] == "STATE"
        [them] = await members(board, table)
        given = {"connectionId": them["connectionId"], "tableId": board.table.id, "recordId": board.tasks["a1"]}
        (await board.api.execute(FOCUS, {"input": given}, as_=board.owner)).ok  # noqa: B018

        seen = [
            (await members(board, channel))[0]["focus"]
            for channel in (
                table,
                f"base:{board.table.base_id}",
                f"workspace:{board.table.workspace_id}",
                record,
            )
        ]

    assert seen == [None, None, None, {"recordId": board.tasks["a1"], "fieldId": None}]
