"""A follower's stream ends as soon as it may not see the channel, and a bad or hidden channel never begins."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from resolvers.services import Services
from tests.graph.presence.conftest import PRESENCE, present
from tests.graph.subscriptions.test_access import (
    SIGNED_OUT,
    Connection,
    assert_over,
    deactivate,
    leave,
    revoke_session,
    said,
)
from tests.support.api import Api, Person
from tests.support.catalog import mutate
from tests.support.sockets import opened
from tests.support.tables import MadeTable, make_table


@pytest.mark.parametrize(
    ("end", "close"),
    [
        pytest.param(leave, None, id="membership"),
        pytest.param(revoke_session, SIGNED_OUT, id="session"),
        pytest.param(deactivate, SIGNED_OUT, id="account"),
    ],
)
async def test_a_follower_is_put_out_and_the_others_are_told(
    end: Any, close: tuple[int, str] | None, address: str, table: MadeTable, guest: Person, channel: str, pg: Connection
) -> None:
    async with present(address, table.owner, channel) as owner, present(address, guest, channel) as second:
        assert (await owner.event())["type"] == "JOIN"
        await end(pg, table, guest.id)
        await assert_over(second.socket, second.operation, table, close)
        left = await owner.event()
    assert (left["type"], left["member"]["connectionId"]) == ("LEAVE", second.id)


@pytest.mark.parametrize("deleted", ["Record", "Table", "Base"])
async def test_a_channel_ends_with_what_it_belongs_to(
    deleted: str, address: str, api: Api, table: MadeTable, record: str
) -> None:
    async with present(address, table.owner, f"record:{record}") as owner:
        given = {
            "Record": {"tableId": table.id, "ids": [record]},
            "Table": {"id": table.id},
            "Base": {"id": table.base_id},
        }
        mutation, selection = (f"delete{deleted}", "deletedId")
        if deleted == "Record":
            mutation, selection = ("deleteRecords", "deletedIds")
        assert (await mutate(api, mutation, selection, given[deleted], as_=table.owner)).ok
        code, message = said(await owner.socket.refusal(owner.operation))
    assert (code, message) == ("NOT_FOUND", f"There is no record with id {record}.")


@pytest.mark.parametrize("bad", ["", "table", "table:", "table:7", "view:{id}", "Table:{id}", " table:{id}"])
async def test_what_is_no_channel_is_refused(bad: str, address: str, api: Api, table: MadeTable) -> None:
    given = bad.format(id=table.id)
    async with opened(address) as socket:
        await socket.initialise(table.owner)
        error = await socket.refusal(await socket.subscribe(PRESENCE, {"channel": given}))
    asked = await api.execute(
        "query ($channel: String!) { presence(channel: $channel) { joinedAt } }", {"channel": given}, as_=table.owner
    )
    for each in (error, asked.errors[0]):
        assert (each["extensions"]["code"], each["extensions"]["argument"]) == ("BAD_REQUEST", "channel")


async def test_a_focus_is_shown_where_it_belongs_to_the_channel_alone(
    address: str, api: Api, table: MadeTable, guest: Person, channel: str
) -> None:
    other = await make_table(api, owner=guest)
    async with present(address, table.owner, channel) as owner, present(address, guest, channel) as second:
        assert (await owner.event())["type"] == "JOIN"
        await second.focus(table)
        assert (await owner.event())["type"] == "FOCUS"
        await second.focus(other)
        hidden = await owner.event()
    assert (hidden["type"], hidden["member"]["focus"]) == ("BLUR", None)


async def test_a_connection_is_in_so_many_channels_at_most(
    services: Services, address: str, table: MadeTable, channel: str
) -> None:
    services.limits = replace(services.limits, max_presence_channels=1)
    async with present(address, table.owner, channel) as owner:
        refused = await owner.socket.subscribe(PRESENCE, {"channel": f"base:{table.base_id}"})
        code, _ = said(await owner.socket.refusal(refused))
        again = await owner.socket.subscribe(PRESENCE, {"channel": channel})
        assert (await owner.socket.next(again))["presence"]["type"] == "STATE"
        await owner.socket.end(again)
        await owner.socket.end(owner.operation)
        allowed = await owner.socket.subscribe(PRESENCE, {"channel": f"base:{table.base_id}"})
        assert (await owner.socket.next(allowed))["presence"]["type"] == "STATE"
    assert code == "RATE_LIMITED"


async def test_so_many_members_are_shown_at_most(
    services: Services, address: str, table: MadeTable, guest: Person, channel: str
) -> None:
    services.limits = replace(services.limits, max_presence_members=1)
    async with present(address, table.owner, channel) as owner, opened(address) as socket:
        await socket.initialise(guest)
        id = await socket.subscribe(PRESENCE, {"channel": channel})
        state = (await socket.next(id))["presence"]
    assert state["member"] is None
    assert [member["connectionId"] for member in state["members"]] == [owner.id]


async def test_without_a_wake_up_others_are_found_by_looking(
    services: Services, address: str, elsewhere: str, table: MadeTable, guest: Person, channel: str, pg: Connection
) -> None:
    async with present(address, table.owner, channel) as owner:
        services.bus.publish = lambda topic: None  # type: ignore[method-assign]
        services.limits = replace(services.limits, event_poll_interval=timedelta(seconds=0.1))
        await pg.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%bus%'")
        async with present(elsewhere, guest, channel):
            assert (await owner.event())["type"] == "JOIN"
        assert (await owner.event())["type"] == "LEAVE"
