"""What runs survive: workers that are killed, that are two, databases that go away, automations that go."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

import asyncpg
import pytest

from adapters.jobs import Job
from adapters.outgoing.client import OutgoingClient
from adapters.outgoing.rules import Rules
from domain.networks import networks
from resolvers.automations.running.job import do_run
from resolvers.automations.starting import RUN_JOB
from resolvers.automations.upkeep import RunUpkeep
from resolvers.services import Services
from server.working import Work
from tests.graph.automations.actions.test_conditional import create
from tests.graph.automations.actions.test_delay import delay
from tests.graph.automations.actions.test_send_webhook import parts, webhook
from tests.support.api import Api
from tests.support.automations import PACE, begin_run, begin_runs, create_automation, ended, found, working
from tests.support.catalog import mutate
from tests.support.program import ROOT, SECONDS, own_variables
from tests.support.records import Records
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable
from tests.support.targets import Target, answering, serving
from tests.support.waiting import eventually

NO_OWNER = "Its owner has no account here any more, one that is deactivated, or one that may not see the table."
_CUT = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@asynccontextmanager
async def worker(url: str) -> AsyncIterator[Process]:
    """A real `tablegraph worker`, in a process of its own, that takes jobs over soon; it takes jobs already."""
    environment = {name: value for name, value in os.environ.items() if name not in own_variables(os.environ)}
    settings = {
        "DATABASE_URL": url,
        "TABLEGRAPH_SECRET_KEY": "a secret for tests only, 32+ letters",
        "TABLEGRAPH_OUTGOING_NETWORKS": "127.0.0.0/8",
        "TABLEGRAPH_JOB_POLL_INTERVAL": "PT0.1S",
        "TABLEGRAPH_JOB_TAKEOVER": "PT1S",
        "TABLEGRAPH_AUTOMATION_RETRY_DELAY": "PT0.1S",
        "PYTHONUNBUFFERED": "1",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server.cli", "worker"), cwd=ROOT, env={**environment, **settings}, stdout=PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(SECONDS):
            await process.stdout.readline()
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


def keys(target: Target) -> list[str]:
    """The ids of what was sent."""
    return [parts(request)[1]["webhook-id"] for request in target.requests]


async def test_a_worker_is_killed_in_the_middle_of_a_step(
    api: Api, services: Services, pg: asyncpg.Connection, table: MadeTable, records: Records, database_url: str
) -> None:
    hangs = asyncio.Event()

    async def behave(target: Target, writer: asyncio.StreamWriter) -> None:
        if len(target.requests) == 1:
            hangs.set()
            await asyncio.sleep(60)
        await answering()(target, writer)

    async with serving(behave) as target:
        actions = [create("before"), webhook(target, body={"n": "{{now}}"}), create("after")]
        id = await begin_run(api, table, actions)
        async with worker(database_url) as first:
            await asyncio.wait_for(hangs.wait(), 30)
            first.kill()
        async with worker(database_url):
            done = await ended(pg, id)
    assert (done.status, done.error) == ("SUCCEEDED", None)
    assert [each["Name"] for each in await records.all()] == ["before", "after"]
    assert keys(target) == [f"{id}.2"] * 2, "at least once, and the receiver can tell"
    assert await pg.fetchval("SELECT claim FROM automation_runs WHERE id = $1", id) == 2


async def test_workers_are_killed_at_random_and_each_record_is_made_once(
    api: Api, services: Services, pg: asyncpg.Connection, table: MadeTable, records: Records, database_url: str
) -> None:
    async with serving(answering()) as target:
        actions = [create("{{trigger.n}}"), webhook(target), create("{{trigger.n}} again")]
        automation = await create_automation(api, table, actions)
        ids = await begin_runs(services, automation, [{"n": n} for n in range(150)])
        done = 0
        while done < len(ids):
            async with worker(database_url) as process:
                await eventually(partial(_has_more, pg, done, len(ids)))
                process.kill()
            done = await _count(pg, "SUCCEEDED")
    made = [each["Name"] for each in await records.all()]
    assert sorted(made) == sorted([f"{n}" for n in range(150)] + [f"{n} again" for n in range(150)])
    assert set(keys(target)) == {f"{id}.2" for id in ids}


async def _count(pg: asyncpg.Connection, status: str) -> int:
    count: int = await pg.fetchval("SELECT count(*) FROM automation_runs WHERE status = $1", status)
    return count


async def _has_more(pg: asyncpg.Connection, before: int, all: int) -> bool:
    return await _count(pg, "SUCCEEDED") >= min(before + 50, all)


async def test_two_workers_do_each_run_once(
    api: Api, services: Services, pg: asyncpg.Connection, table: MadeTable, records: Records
) -> None:
    async with serving(answering()) as target:
        actions = [webhook(target), create("{{trigger.n}}")]
        automation = await create_automation(api, table, actions)
        ids = await begin_runs(services, automation, [{"n": n} for n in range(200)])
        async with working(services), Work(services, PACE).running():
            await eventually(lambda: _has_more(pg, 200, 200))
    assert sorted(keys(target)) == sorted(f"{id}.1" for id in ids)
    assert sorted(int(each["Name"]) for each in await records.all()) == list(range(200))


async def test_a_worker_that_was_taken_over_writes_nothing_more(
    api: Api, services: Services, pg: asyncpg.Connection, table: MadeTable, records: Records
) -> None:
    arrived, goes_on = asyncio.Event(), asyncio.Event()

    async def behave(target: Target, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await goes_on.wait()
        await answering()(target, writer)

    async with serving(behave) as target, working(services):
        id = await begin_run(api, table, [webhook(target), create("never")])
        await asyncio.wait_for(arrived.wait(), 10)
        await pg.execute("UPDATE automation_runs SET claim = claim + 1 WHERE id = $1", id)
        goes_on.set()
        await eventually(lambda: _queue_is_empty(pg))
    assert (await found(pg, id)).steps == {}
    assert await records.all() == []


async def test_connections_are_cut(
    api: Api, services: Services, pg: asyncpg.Connection, table: MadeTable, records: Records
) -> None:
    actions = [create("{{trigger.n}}"), delay(seconds=0.05), create("{{trigger.n}}")]
    await begin_runs(services, await create_automation(api, table, actions), [{"n": n} for n in range(50)])
    async with working(services):
        for _ in range(4):
            await asyncio.sleep(0.2)
            await pg.fetchval(_CUT)
        await eventually(lambda: _has_more(pg, 50, 50))
    assert sorted(int(each["Name"]) for each in await records.all()) == sorted([*range(50), *range(50)])


async def test_an_automation_that_is_deleted_while_it_runs(
    api: Api, services: Services, pg: asyncpg.Connection, table: MadeTable, records: Records
) -> None:
    async def behave(target: Target, writer: asyncio.StreamWriter) -> None:
        await mutate(api, "deleteAutomation", "deletedId", {"id": automation}, as_=table.owner)
        await answering()(target, writer)

    async with serving(behave) as target, working(services):
        automation = await create_automation(api, table, [create("before"), webhook(target), create("never")])
        await begin_runs(services, automation, [{}])
        await eventually(lambda: _queue_is_empty(pg))
    assert [each["Name"] for each in await records.all()] == ["before"]
    assert await pg.fetchval("SELECT count(*) FROM automation_run_steps") == 0


async def test_a_run_that_is_cancelled_stops_before_the_next_step(
    api: Api, services: Services, pg: asyncpg.Connection, table: MadeTable, records: Records
) -> None:
    async def behave(target: Target, writer: asyncio.StreamWriter) -> None:
        await _execute(services, "UPDATE automation_runs SET status = 'CANCELLED'")
        await answering()(target, writer)

    async with serving(behave) as target, working(services):
        id = await begin_run(api, table, [webhook(target), create("never")])
        await eventually(lambda: _queue_is_empty(pg))
    assert (await found(pg, id)).status == "CANCELLED"
    assert await records.all() == []


async def test_an_owner_without_an_account(
    api: Api, services: Services, pg: asyncpg.Connection, table: MadeTable
) -> None:
    id = await begin_run(api, table, [create("never")])
    await pg.execute("UPDATE users SET is_active = false")
    async with working(services):
        done = await ended(pg, id)
    assert done.error == NO_OWNER
    assert done.steps == {}


async def test_what_cannot_even_be_begun_has_failed(
    api: Api, services: Services, pg: asyncpg.Connection, table: MadeTable
) -> None:
    """An action of an extension that is gone; the run does not stay under way for ever."""
    id = await begin_run(api, table, [create("never")])
    await pg.execute("""UPDATE automation_runs SET actions = '[{"type": "GONE", "config": {}}]'""")
    services.limits = replace(services.limits, automation_attempts=2, automation_retry_delay=timedelta(0))
    async with working(services):
        done = await ended(pg, id)
        await eventually(lambda: _queue_is_empty(pg))
    assert (done.status, done.error, done.steps) == ("FAILED", "The server failed (KeyError).", {})


async def test_whose_job_is_a_dead_letter_has_failed(
    api: Api, services: Services, pg: asyncpg.Connection, table: MadeTable
) -> None:
    left, waiting = await begin_run(api, table, [create("never")]), await begin_run(api, table, [create("later")])
    state = "UPDATE jobs.pgqueuer SET status = 'failed' WHERE convert_from(payload, 'UTF8') LIKE $1"
    await pg.execute(state, f"%{left}%")
    await pg.execute("UPDATE automation_runs SET status = 'RUNNING' WHERE id = $1", left)
    await RunUpkeep(services).give_up()
    done = await found(pg, left)
    assert (done.status, done.error) == (
        "FAILED",
        "Its job has failed for good: the server's administrators find it among the dead letters.",
    )
    assert (await found(pg, waiting)).status == "QUEUED"


async def test_an_owner_who_has_left_is_sent_nothing(
    api: Api, services: Services, pg: asyncpg.Connection, table: MadeTable
) -> None:
    async with serving(answering()) as target:
        id = await begin_run(api, table, [webhook(target, body="{{trigger.record}}")], {"record": {"Name": "Bolt"}})
        await pg.execute("DELETE FROM workspace_members")
        async with working(services):
            done = await ended(pg, id)
    assert (done.status, done.error, target.requests) == ("FAILED", NO_OWNER, [])


async def test_others_go_on_beside_a_run_that_fails(
    api: Api, services: Services, pg: asyncpg.Connection, table: MadeTable, records: Records
) -> None:
    bad = await begin_run(api, table, [webhook_to_nowhere()])
    good = await begin_run(api, table, [create("good")])
    async with working(services):
        assert (await ended(pg, good)).status == "SUCCEEDED"
        assert (await ended(pg, bad)).status == "FAILED"
    assert [each["Name"] for each in await records.all()] == ["good"]


def webhook_to_nowhere() -> dict[str, object]:
    """An action that cannot be done."""
    return {"type": "SEND_WEBHOOK", "config": {"url": "http://10.0.0.1/"}}


@pytest.mark.parametrize(("kind", "count", "transactions"), [("send", 2, 0), ("write", 3, 2)])
async def test_a_run_takes_few_statements(
    kind: str,
    count: int,
    transactions: int,
    api: Api,
    services: Services,
    pg: asyncpg.Connection,
    table: MadeTable,
    statements: Callable[[], StatementLog],
) -> None:
    """It is claimed, and its step is noted with the end; what writes records does so in the same transaction."""
    async with serving(answering()) as target:
        services.outgoing = OutgoingClient(Rules(networks=networks(("127.0.0.0/8",))))
        action = webhook(target) if kind == "send" else create("x")
        ids = [await begin_run(api, table, [action]) for _ in range(2)]
        await do_run(services, Job(RUN_JOB, {"run": str(ids[0])}))
        with statements() as seen:
            await do_run(services, Job(RUN_JOB, {"run": str(ids[1])}))
        await services.outgoing.aclose()
    assert (await found(pg, ids[1])).status == "SUCCEEDED"
    assert (seen.count, len(seen.transactions)) == (count, transactions)


async def _queue_is_empty(pg: asyncpg.Connection) -> bool:
    return not await pg.fetchval("SELECT count(*) FROM jobs.pgqueuer")


async def _execute(services: Services, statement: str) -> None:
    """On a connection of its own: the test asks on the other one meanwhile."""
    async with services.database.unit() as unit:
        await unit.connection.execute(statement)
