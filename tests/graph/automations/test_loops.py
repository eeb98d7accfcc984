"""Automations that set themselves off by way of requests and queued calls come to an end, too."""

import asyncio
from typing import Any, Final

import pytest

from resolvers.automations.returning import RUN
from resolvers.services import Services
from tests.graph.automations.test_bounds import limit
from tests.graph.functions.conftest import greetings
from tests.graph.incoming_webhooks.test_receiving import make_incoming
from tests.support.api import Api
from tests.support.automation_calls import DELAY, make_automation, until_ended
from tests.support.automations import working
from tests.support.tables import MadeTable, create_records, make_table
from tests.support.targets import Behaviour, Target, answering, serving
from tests.support.webhooks import Message, messages

__all__ = ["greetings"]
MAPPINGS: Final = [{"path": "name", "fieldId": "Name"}]
STOPPED: Final = [(1, None), (2, None), (3, "AUTOMATION_DEPTH")]


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with a name."""
    return await make_table(api, [{"name": "Name", "type": "TEXT"}])


def relaying(api: Api, path: str, **changed: str) -> Behaviour:
    """What this server is sent at an address of its own comes to it by another one, maybe with other headers."""

    async def behave(target: Target, writer: asyncio.StreamWriter) -> None:
        message = messages(target)[-1]
        kept = {name: value for name, value in message.headers.items() if name not in ("host", "content-length")}
        answer = await api.http.post(path, content=message.body, headers={**kept, **changed})
        await answering(f"{answer.status_code} Answer", answer.content)(target, writer)

    return behave


def sending(target: Target, **config: Any) -> dict[str, Any]:
    """A step that sends a name there."""
    return {"type": "SEND_WEBHOOK", "config": {"url": target.url("127.0.0.1"), "body": {"name": "again"}, **config}}


def seen(runs: Any) -> list[tuple[int, str | None]]:
    """Depth and code of runs."""
    return [(run["depth"], run["errorCode"]) for run in runs]


@pytest.mark.parametrize("mappings", [MAPPINGS, []])
async def test_a_request_that_comes_back_is_as_deep_as_what_sent_it(
    api: Api, services: Services, table: MadeTable, mappings: list[Any]
) -> None:
    limit(services, max_automation_depth=2)
    hook, path = await make_incoming(api, table, fieldMappings=mappings)
    async with serving(relaying(api, path)) as target, working(services):
        id = await make_automation(api, table, "WEBHOOK_RECEIVED", {"webhookId": hook}, actions=[sending(target)])
        assert (await api.http.post(path, json={"name": "first"})).status_code == 200
        runs = await until_ended(api, table, id, 3)
    assert seen(runs) == STOPPED
    assert runs[2]["error"] == "It was set off by an automation, which was set off by another: 2 in a row are allowed."
    assert RUN not in str(runs[2]["trigger"])


async def test_the_record_of_such_a_request_is_as_deep(api: Api, services: Services, table: MadeTable) -> None:
    limit(services, max_automation_depth=2)
    _, path = await make_incoming(api, table, fieldMappings=MAPPINGS)
    async with serving(relaying(api, path)) as target, working(services):
        id = await make_automation(api, table, "RECORD_CREATED", actions=[sending(target)])
        await create_records(api, table, [{"Name": "first"}])
        assert seen(await until_ended(api, table, id, 3)) == STOPPED


async def test_a_header_that_a_stranger_or_a_config_has_made_up_counts_for_nothing(
    api: Api, services: Services, table: MadeTable
) -> None:
    limit(services, max_automation_depth=1)
    hook, path = await make_incoming(api, table, fieldMappings=[])
    id = await make_automation(api, table, "WEBHOOK_RECEIVED", {"webhookId": hook}, actions=[DELAY])
    stolen = services.seal.close("whsec_of_somebody").decode()
    async with serving(relaying(api, path)) as target, working(services):
        made_up = [str(table.id), "9", "", stolen]
        for value in made_up:
            assert (await api.http.post(path, json={}, headers={RUN: value})).status_code == 200
        assert seen(await until_ended(api, table, id, 4)) == [(1, None)] * 4
        await make_automation(api, table, "RECORD_CREATED", actions=[sending(target, headers={RUN.title(): "x"})])
        await create_records(api, table, [{"Name": "first"}])
        assert seen(await until_ended(api, table, id, 5))[4] == (2, "AUTOMATION_DEPTH")


@pytest.mark.usefixtures("greetings")
async def test_queued_calls_are_no_way_around_it(api: Api, services: Services, table: MadeTable) -> None:
    limit(services, max_automation_depth=2)
    arguments = {"table": str(table.id), "calls": 2}
    again = {"type": "CALL_FUNCTION", "config": {"name": "write_later", "arguments": arguments}}
    id = await make_automation(api, table, "RECORD_CREATED", actions=[again])
    async with working(services):
        await create_records(api, table, [{"Name": "first"}])
        assert seen(await until_ended(api, table, id, 3)) == STOPPED


async def test_a_step_that_is_tried_again_says_the_same(api: Api, services: Services, table: MadeTable) -> None:
    limit(services, automation_attempts=2, max_automation_depth=1)
    hook, path = await make_incoming(api, table, fieldMappings=[])
    id = await make_automation(api, table, "WEBHOOK_RECEIVED", {"webhookId": hook}, actions=[DELAY])
    async with serving(answering("503 Later")) as target, working(services):
        sender = await make_automation(api, table, "RECORD_CREATED", actions=[sending(target)])
        await create_records(api, table, [{"Name": "first"}])
        await until_ended(api, table, sender, 1)
    first, _ = messages(target)
    async with working(services):
        assert (await _passed_on(api, path, first)) == 200
        assert seen(await until_ended(api, table, id, 1)) == [(2, "AUTOMATION_DEPTH")]


async def _passed_on(api: Api, path: str, message: Message) -> int:
    return (await api.http.post(path, json={}, headers={RUN: message.headers[RUN]})).status_code
