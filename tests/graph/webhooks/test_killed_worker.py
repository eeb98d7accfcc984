"""A process that works is killed while it sends: another one takes over, and every event arrives with one id."""

import asyncio
from functools import partial

import asyncpg

from resolvers.services import Services
from tests.graph.webhooks.test_sending import has_sent
from tests.support.api import Api
from tests.support.tables import MadeTable, create_records
from tests.support.targets import Target, answering, serving
from tests.support.waiting import eventually
from tests.support.webhooks import make_webhook, messages
from tests.support.workers import worker

AT_ONCE = 10
"""Messages under way at a time, by default."""


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
