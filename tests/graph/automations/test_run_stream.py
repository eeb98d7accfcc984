"""automationRunEvents over a real WebSocket: a run from the queue to its end, and the end of the stream."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from resolvers.services import Services
from server.settings import Settings
from tests.graph.automations.actions.test_send_webhook import webhook
from tests.support.api import Api, Person
from tests.support.automation_calls import DELAY, make_automation
from tests.support.automations import working
from tests.support.catalog import add_member, mutate
from tests.support.sockets import Socket, opened, served
from tests.support.tables import MadeTable, make_table
from tests.support.targets import Target, answering, serving

EVENTS = """
subscription ($id: ID!) { automationRunEvents(automationId: $id) {
  run { id status error finishedAt steps { path type status output } }
} }
"""

SIGNED_OUT = 4403
"""With this the whole socket is closed."""


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with a name."""
    return await make_table(api, [{"name": "Name", "type": "TEXT"}])


@pytest.fixture
async def address(settings: Settings, services: Services) -> AsyncIterator[str]:
    """The served application, which looks at the database often; the bus comes with the worker, if there is one."""
    services.limits = replace(services.limits, event_poll_interval=timedelta(milliseconds=100))
    async with served(settings, services, with_bus=False) as address:
        yield address


async def until(socket: Socket, id: str, status: str, steps: list[str]) -> list[dict[str, Any]]:
    """The runs that the stream tells of, up to one that stands like this."""
    seen = []
    while True:
        seen.append((await socket.next(id))["automationRunEvents"]["run"])
        if (seen[-1]["status"], [step["status"] for step in seen[-1]["steps"]]) == (status, steps):
            return seen


async def trigger(api: Api, table: MadeTable, automation: str) -> str:
    """Id of a run that is set off by hand."""
    made = await mutate(api, "triggerAutomation", "run { id }", {"automationId": automation}, as_=table.owner)
    id: str = made.ok["triggerAutomation"]["run"]["id"]
    return id


async def test_a_run_is_followed_from_the_queue_to_its_end(
    api: Api, services: Services, table: MadeTable, address: str
) -> None:
    goes_on = asyncio.Event()

    async def behave(target: Target, writer: asyncio.StreamWriter) -> None:
        await goes_on.wait()
        await answering("201 Created")(target, writer)

    async with serving(behave) as target, opened(address) as socket:
        automation = await make_automation(api, table, "BUTTON_CLICKED", actions=[DELAY, webhook(target)])
        await socket.initialise(table.owner)
        id = await socket.subscribe(EVENTS, {"id": automation})
        run = await trigger(api, table, automation)
        [queued] = await until(socket, id, "QUEUED", [])
        async with working(services):
            under_way = await until(socket, id, "RUNNING", ["SUCCEEDED", "RUNNING"])
            goes_on.set()
            over = await until(socket, id, "SUCCEEDED", ["SUCCEEDED", "SUCCEEDED"])
    assert {each["id"] for each in (queued, *under_way, *over)} == {run}
    assert {each["status"] for each in under_way} <= {"QUEUED", "RUNNING"}
    assert (queued["finishedAt"], under_way[-1]["finishedAt"]) == (None, None)
    assert over[-1]["finishedAt"] is not None
    assert [(step["path"], step["type"]) for step in over[-1]["steps"]] == [("1", "DELAY"), ("2", "SEND_WEBHOOK")]
    assert over[-1]["steps"][1]["output"]["status"] == 201


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("UPDATE workspace_members SET role = 'EDITOR' WHERE user_id = $1", "FORBIDDEN"),
        ("DELETE FROM workspace_members WHERE user_id = $1", "NOT_FOUND"),
        ("DELETE FROM automations WHERE $1::uuid IS NOT NULL", "NOT_FOUND"),
        ("UPDATE sessions SET revoked_at = now() WHERE user_id = $1", None),
    ],
)
async def test_it_ends_with_the_rights_and_tells_nothing_more(
    api: Api, table: MadeTable, address: str, pg: asyncpg.Connection, end: str, code: str | None
) -> None:
    automation = await make_automation(api, table, "BUTTON_CLICKED", actions=[DELAY])
    admin = await _admin(api, table)
    async with opened(address) as socket:
        await socket.initialise(admin)
        id = await socket.subscribe(EVENTS, {"id": automation})
        await trigger(api, table, automation)
        await until(socket, id, "QUEUED", [])
        async with pg.transaction():
            await pg.execute(end, admin.id)
            await pg.execute("UPDATE automation_runs SET status = 'RUNNING'")
        if code is None:
            assert (await socket.closed())[0] == SIGNED_OUT
        else:
            assert (await socket.refusal(id))["extensions"]["code"] == code


async def test_an_editor_follows_none(api: Api, table: MadeTable, address: str) -> None:
    automation = await make_automation(api, table, "BUTTON_CLICKED", actions=[DELAY])
    editor = await api.register()
    await add_member(api, table.owner, table.workspace_id, editor, "EDITOR")
    async with opened(address) as socket:
        await socket.initialise(editor)
        id = await socket.subscribe(EVENTS, {"id": automation})
        assert (await socket.refusal(id))["extensions"]["code"] == "FORBIDDEN"


async def _admin(api: Api, table: MadeTable) -> Person:
    person = await api.register()
    await add_member(api, table.owner, table.workspace_id, person, "ADMIN")
    return person
