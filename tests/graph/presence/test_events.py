"""The events of a channel: the state first, then each kind as it happens, the same in every process."""

from typing import Any

import pytest

from tests.graph.presence.conftest import BLUR, PRESENCE, join, present
from tests.support.api import Api, Person
from tests.support.sockets import opened
from tests.support.tables import MadeTable


def ids(event: dict[str, Any]) -> list[str]:
    return [member["connectionId"] for member in event["members"]]


@pytest.fixture(params=["one process", "two processes"])
def other(request: pytest.FixtureRequest, address: str) -> str:
    """Where the second person connects to."""
    place: str = address if request.param == "one process" else request.getfixturevalue("elsewhere")
    return place


async def test_the_state_comes_first_and_names_the_subscriber(
    address: str, other: str, table: MadeTable, guest: Person, channel: str
) -> None:
    async with present(address, table.owner, channel) as owner, present(other, guest, channel) as second:
        assert (owner.state["type"], owner.state["channel"]) == ("STATE", channel)
        assert owner.state["member"] == {
            "connectionId": owner.id,
            "user": {"email": table.owner.email},
            "focus": None,
            "cursor": None,
        }
        assert owner.state["members"] == [owner.state["member"]]
        assert second.state["type"] == "STATE"
        assert ids(second.state) == [owner.id, second.id]
        assert second.state["member"]["user"] == {"email": guest.email}


async def test_others_are_told_who_joins_and_leaves(
    address: str, other: str, table: MadeTable, guest: Person, channel: str
) -> None:
    async with present(address, table.owner, channel) as owner:
        async with present(other, guest, channel) as second:
            joined = await owner.event()
        left = await owner.event()
    assert (joined["type"], joined["member"]["connectionId"], ids(joined)) == ("JOIN", second.id, [owner.id, second.id])
    assert (left["type"], left["member"]["connectionId"], ids(left)) == ("LEAVE", second.id, [owner.id])


@pytest.mark.parametrize("how", ["complete", "abort"])
async def test_a_member_is_gone_when_its_subscription_or_its_socket_is(
    how: str, address: str, table: MadeTable, guest: Person, channel: str
) -> None:
    async with present(address, table.owner, channel) as owner, present(address, guest, channel) as second:
        assert (await owner.event())["type"] == "JOIN"
        if how == "complete":
            await second.socket.end(second.operation)
        else:
            second.socket.connection.transport.abort()
        assert ((await owner.event())["type"]) == "LEAVE"


async def test_focus_and_blur_are_told_with_the_cell(
    address: str, other: str, table: MadeTable, guest: Person, channel: str, record: str
) -> None:
    async with present(address, table.owner, channel) as owner, present(other, guest, channel) as second:
        assert (await owner.event())["type"] == "JOIN"
        answer = await second.focus(table, recordId=record, fieldId=table.fields["Name"])
        focused = await owner.event()
        await second.run(BLUR, {})
        blurred = await owner.event()
    assert answer["data"]["focusCell"] == {"connectionId": second.id, "focus": {"recordId": record}}
    cell = {"tableId": str(table.id), "viewId": None, "recordId": record, "fieldId": table.fields["Name"]}
    assert (focused["member"]["connectionId"], focused["member"]["focus"]) == (second.id, cell)
    assert focused["type"] == "FOCUS"
    assert focused["members"] == [owner.state["member"], focused["member"]]
    assert (blurred["type"], blurred["member"]["focus"]) == ("BLUR", None)


async def test_the_own_focus_is_told_too(address: str, table: MadeTable, channel: str, record: str) -> None:
    async with present(address, table.owner, channel) as owner:
        await owner.focus(table, recordId=record)
        assert (await owner.event())["member"]["focus"]["recordId"] == record


@pytest.mark.parametrize("cursor", [{"x": 1, "y": [2.5, None]}, "zero \u0000 is a character", 0, [[]]], ids=repr)
async def test_a_cursor_comes_as_it_was_sent(
    cursor: Any, address: str, other: str, table: MadeTable, guest: Person, channel: str
) -> None:
    async with present(address, table.owner, channel) as owner, present(other, guest, channel) as second:
        assert (await owner.event())["type"] == "JOIN"
        assert (await second.move(channel, cursor))["data"] == {"moveCursor": {"connectionId": second.id}}
        moved = await owner.event()
        assert moved["type"] == "CURSOR"
        assert (moved["member"]["connectionId"], moved["member"]["cursor"]) == (second.id, cursor)
        await second.move(channel, None)
        assert (await owner.event())["member"]["cursor"] is None


async def test_several_tabs_are_members_and_several_subscriptions_of_one_are_not(
    address: str, table: MadeTable, channel: str
) -> None:
    async with present(address, table.owner, channel) as first, present(address, table.owner, channel) as second:
        joined = await first.event()
        again = await second.socket.subscribe(PRESENCE, {"channel": channel})
        state = (await second.socket.next(again))["presence"]
        await second.socket.end(again)
        await second.focus(table)
        focused = await first.event()
    assert (joined["type"], state["type"], focused["type"]) == ("JOIN", "STATE", "FOCUS")
    assert ids(state) == [first.id, second.id]
    assert ids(focused) == [first.id, second.id]


async def test_one_socket_may_be_in_several_channels(address: str, table: MadeTable, channel: str) -> None:
    workspace, base = f"workspace:{table.workspace_id}", f"base:{table.base_id}"
    async with present(address, table.owner, workspace) as watcher, opened(address) as socket:
        await socket.initialise(table.owner)
        first = await join(socket, base)
        second = await join(socket, workspace)
        assert first.id == second.id
        assert ids(await watcher.event()) == [watcher.id, first.id]
        await socket.end(first.operation)
        await second.focus(table)
        assert (await watcher.event())["type"] == "FOCUS"


async def test_a_selection_that_is_not_rendered_at_once_is_answered_alike(
    address: str, api: Api, table: MadeTable, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = """
        subscription ($channel: String!) {
          presence(channel: $channel) {
            __typename type channel
            member { connectionId user { __typename id email name isVerified isActive isSuperuser isStaff createdAt } }
            members { __typename who: user { id } focus { __typename tableId viewId recordId fieldId } cursor joinedAt }
          }
        }
    """
    async with present(address, table.owner, channel) as owner:
        await owner.focus(table)
        await owner.move(channel, {"x": 0.5})
        await owner.until("CURSOR")
        fast = await owner.socket.subscribe(document, {"channel": channel})
        rendered = await owner.socket.next(fast)
        monkeypatch.setattr("graph.presence.selection._PLAIN", {"PresenceEvent": set()})
        slow = await owner.socket.subscribe(document, {"channel": channel})
        resolved = await owner.socket.next(slow)
    assert rendered["presence"]["members"][0]["cursor"] == {"x": 0.5}
    assert rendered["presence"]["member"]["user"]["id"] == str(table.owner.id)
    assert resolved == rendered
