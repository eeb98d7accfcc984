"""Trying an automation out shows what each step would do, and does none of it."""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import pytest

from adapters.mail.smtp import SmtpMailer, SmtpServer
from adapters.outgoing.client import OutgoingClient
from adapters.outgoing.rules import Rules
from domain.accounts.viewer import Viewer
from domain.networks import networks
from resolvers.automations.running.trying import try_automation
from resolvers.services import Services
from tests.graph.automations.actions.test_conditional import conditional, create
from tests.graph.automations.actions.test_delay import delay
from tests.graph.automations.actions.test_loop import loop
from tests.graph.automations.actions.test_run_script import script
from tests.graph.automations.actions.test_send_email import MAIL, TRIGGER
from tests.graph.automations.actions.test_send_webhook import webhook
from tests.support.api import Api
from tests.support.automations import Ended, create_automation, found
from tests.support.mail import receiving
from tests.support.records import Records
from tests.support.tables import MadeTable
from tests.support.targets import answering, serving


async def tried(
    api: Api,
    services: Services,
    pg: asyncpg.Connection,
    table: MadeTable,
    actions: Sequence[Any],
    trigger: Mapping[str, Any],
) -> Ended:
    """How an automation with these actions would do."""
    automation = await create_automation(api, table, actions)
    return await found(pg, await try_automation(services, Viewer(table.owner.id), automation, trigger))


async def test_all_is_shown_and_nothing_is_done(
    api: Api, services: Services, pg: asyncpg.Connection, table: MadeTable, records: Records
) -> None:
    services.outgoing = OutgoingClient(Rules(networks=networks(("127.0.0.0/8",))))
    text = "await records.create(table=inputs['table'], fields={'Name': 'x'})"
    with receiving() as postbox:
        services.mailer = SmtpMailer(SmtpServer(postbox.host, postbox.port, "none"), "no-reply@example.com")
        async with serving(answering()) as target:
            actions = [
                create("first"),
                loop([1, 2], conditional(True, [create("{{steps.1.record.Name}} {{item}}")])),
                delay(seconds=3_600),
                webhook(target, body={"name": "{{steps.1.record.Name}}"}),
                {"type": "SEND_EMAIL", "config": MAIL},
                script("PYTHON", text, {"table": str(table.id)}),
            ]
            ended = await tried(api, services, pg, table, actions, TRIGGER)
    assert (ended.status, ended.error) == ("SUCCEEDED", None)
    assert list(ended.steps) == ["1", "2", "2.1.1", "2.1.1.then.1", "2.2.1", "2.2.1.then.1", "3", "4", "5", "6"]
    assert ended.outputs["2.2.1.then.1"]["record"]["Name"] == "first 2"
    assert ended.steps["4"]["input"]["body"] == {"name": "first"}
    assert (target.requests, postbox.deliveries) == ([], 0)
    assert await records.all() == []
    assert await pg.fetchval("SELECT is_test FROM automation_runs") is True
    assert await pg.fetchval("SELECT count(*) FROM jobs.pgqueuer") == 0
    await services.outgoing.aclose()
    await services.scripts.aclose()


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"type": "CREATE_RECORD", "config": {"fields": {"Count": "many"}}}, "Step 2 (CREATE_RECORD): "),
        ({"type": "SEND_WEBHOOK", "config": {"url": "http://127.0.0.1:1/", "headers": {"Host": "x"}}}, "Step 2 "),
        ({"type": "SEND_EMAIL", "config": {**MAIL, "to": "nobody"}}, "Step 2 (SEND_EMAIL): to: 'nobody' is no e-mail"),
    ],
)
async def test_what_would_fail_is_told(
    action: Any, message: str, api: Api, services: Services, pg: asyncpg.Connection, table: MadeTable, records: Records
) -> None:
    ended = await tried(api, services, pg, table, [create("x"), action, create("never")], TRIGGER)
    assert ended.status == "FAILED"
    assert (ended.error or "").startswith(message)
    assert {path: step["status"] for path, step in ended.steps.items()} == {"1": "SUCCEEDED", "2": "FAILED"}
    assert await records.all() == []
