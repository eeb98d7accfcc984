"""A process that works is killed while it sends: another one takes over, and every event arrives with one id."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import asyncpg

from resolvers.services import Services
from tests.graph.webhooks.test_sending import has_sent
from tests.support.api import Api
from tests.support.program import ROOT, own_variables
from tests.support.tables import MadeTable, create_records
from tests.support.targets import Target, answering, serving
from tests.support.waiting import eventually
from tests.support.webhooks import make_webhook, messages

AT_ONCE = 10
"""Messages under way at a time, by default."""


@asynccontextmanager
async def worker(database_url: str, secret_key: str) -> "AsyncIterator[asyncio.subprocess.Process]":
    """A `tablegraph worker` on the test's database that may send to this machine; killed behind the block."""
    kept = {name: value for name, value in os.environ.items() if name not in own_variables(os.environ)}
    settings = {
        "DATABASE_URL": database_url,
        "TABLEGRAPH_SECRET_KEY": secret_key,
        "TABLEGRAPH_OUTGOING_NETWORKS": "127.0.0.0/8",
        "TABLEGRAPH_JOB_TAKEOVER": "PT1S",
        "TABLEGRAPH_JOB_POLL_INTERVAL": "PT0.2S",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.cli", "worker", cwd=ROOT, env={**kept, **settings}, stdout=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def test_a_killed_worker_loses_nothing_and_repeats_what_was_under_way_alone(
    api: Api, reachable: Services, table: MadeTable, pg: asyncpg.Connection, database_url: str
) -> None:
    is_stuck = True

    async def behave(target: Target, writer: asyncio.StreamWriter) -> None:
        if is_stuck and len(target.requests) > 30:
            await asyncio.sleep(120)
        await answering()(target, writer)

    async with serving(behave) as target:
        await make_webhook(api, table, target.url("127.0.0.1"))
        ids = await create_records(api, table, [{"Name": str(n)} for n in range(100)])
        async with worker(database_url, reachable.secret_key):
            await eventually(lambda: len(target.requests) >= 30 + AT_ONCE, seconds=60)
        is_stuck = False
        async with worker(database_url, reachable.secret_key):
            await eventually(partial(has_sent, pg, 100), seconds=60)

    told = {m.id: m.json["data"]["recordId"] for m in messages(target)}
    assert (len(told), set(told.values())) == (100, set(ids))
    assert 100 < len(messages(target)) <= 100 + AT_ONCE
