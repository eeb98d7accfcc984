"""From a change of a record over the API to what an automation does about it, and what one sees of its run."""

from collections import Counter
from typing import Any

import asyncpg

from adapters.jobs import Pace
from adapters.mail.smtp import SmtpMailer, SmtpServer
from resolvers.services import Services
from tests.graph.automations.actions.test_conditional import create
from tests.graph.automations.actions.test_send_webhook import parts
from tests.support.api import Api
from tests.support.automations import PACE, create_automation, working
from tests.support.mail import receiving, text_of
from tests.support.records import Records
from tests.support.tables import MadeTable, create_records, make_table
from tests.support.targets import Target, answering, serving
from tests.support.waiting import eventually

_RUNS = """
query ($id: ID!) { automation(id: $id) { runs(first: 10) { nodes {
  status error trigger steps { status input output error action { type } }
} } } }
"""


async def test_a_mail_on_a_new_record(api: Api, services: Services) -> None:
    """The example of the README."""
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}, {"name": "Email", "type": "EMAIL"}], name="People")
    config = {"to": "{{trigger.record.Email}}", "subject": "Welcome!", "body": "Hello {{trigger.record.Name}}"}
    automation = await create_automation(api, table, [{"type": "SEND_EMAIL", "config": config}], "RECORD_CREATED")
    with receiving() as postbox:
        services.mailer = SmtpMailer(SmtpServer(postbox.host, postbox.port, "none"), "no-reply@example.com")
        async with working(services):
            await create_records(api, table, [{"Name": "Ada", "Email": "ada@example.com"}])
            mail = await postbox.last(1)
            await eventually(lambda: _has_succeeded(api, table, automation))
    assert (mail["To"], mail["Subject"], text_of(mail)) == ("ada@example.com", "Welcome!", "Hello Ada\n")
    [run] = await runs_of(api, table, automation)
    assert run["trigger"]["record"]["Name"] == "Ada"
    [step] = run["steps"]
    assert (step["status"], step["action"]["type"], step["error"]) == ("SUCCEEDED", "SEND_EMAIL", None)
    assert step["input"] == {**config, "to": "ada@example.com", "body": "Hello Ada", "cc": None, "html": False}


async def runs_of(api: Api, table: MadeTable, automation: Any) -> list[Any]:
    """The history of an automation."""
    result = await api.execute(_RUNS, {"id": automation}, as_=table.owner)
    nodes: list[Any] = result.ok["automation"]["runs"]["nodes"]
    return nodes


async def _has_succeeded(api: Api, table: MadeTable, automation: Any) -> bool:
    return [run["status"] for run in await runs_of(api, table, automation)] == ["SUCCEEDED"]


async def test_a_user_that_changes_a_record_is_known_and_so_is_what_was_there(
    api: Api, services: Services, table: MadeTable, records: Records
) -> None:
    log = await make_table(api, [{"name": "Text", "type": "TEXT"}], owner=table.owner, name="Log")
    text = "{{trigger.user.email}}: {{trigger.previous_record.Full name}} to {{trigger.record.Full name}}"
    action = {"type": "CREATE_RECORD", "config": {"tableId": str(log.id), "fields": {"Text": text}}}
    await create_automation(api, table, [action], "RECORD_UPDATED")
    [id] = await create_records(api, table, [{"Full name": "Ada"}])
    async with working(services):
        await records.update(id, {"Full name": "Ada L."})
        await eventually(lambda: _has(Records(api, log)))
    assert await Records(api, log).all() == [{"Text": f"{table.owner.email}: Ada to Ada L."}]


async def _has(records: Records) -> bool:
    return bool(await records.all())


async def test_automations_that_set_each_other_off_stop(
    api: Api, services: Services, pg: asyncpg.Connection, table: MadeTable
) -> None:
    await create_automation(api, table, [create("again")], "RECORD_CREATED")
    async with working(services):
        await create_records(api, table, [{"Name": "first"}])
        await eventually(lambda: _has_failed(pg))
    rows = await pg.fetch("SELECT depth, status FROM automation_runs ORDER BY depth")
    most = services.limits.max_automation_depth
    assert [row["depth"] for row in rows] == list(range(1, most + 2))
    assert [row["status"] for row in rows] == ["SUCCEEDED"] * most + ["FAILED"]


async def _has_failed(pg: asyncpg.Connection) -> bool:
    return bool(await pg.fetchval("SELECT count(*) FROM automation_runs WHERE status = 'FAILED'"))


async def test_ten_thousand_records_are_ten_thousand_runs_each_once(
    api: Api, services: Services, pg: asyncpg.Connection, table: MadeTable
) -> None:
    async with serving(answering()) as target:
        config = {"url": target.url("127.0.0.1"), "body": {"n": "{{trigger.record.Count}}"}}
        await create_automation(api, table, [{"type": "SEND_WEBHOOK", "config": config}], "RECORD_CREATED")
        await create_records(api, table, [{"Count": n} for n in range(10_000)])
        async with working(services, Pace(20, PACE.poll, Pace().takeover, PACE.grace)):
            before = 0
            while before < 10_000:  # each step of the way has its time
                await eventually(lambda: _is_done(pg, min(before + 1_000, 10_000)))  # noqa: B023  # awaited at once
                before += 1_000
    ids = Counter(parts(request)[1]["webhook-id"] for request in target.requests)
    assert (len(target.requests), len(ids)) == (10_000, 10_000)
    assert sorted(_number(target)) == list(range(10_000))
    assert await pg.fetchval("SELECT count(*) FROM automation_runs") == 10_000


def _number(target: Target) -> list[int]:
    return [int(parts(request)[2].partition(b":")[2].rstrip(b"}")) for request in target.requests]


async def _is_done(pg: asyncpg.Connection, count: int) -> bool:
    done: int = await pg.fetchval("SELECT count(*) FROM automation_runs WHERE status = 'SUCCEEDED'")
    return done >= count
