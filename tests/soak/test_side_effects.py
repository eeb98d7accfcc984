"""What committed events do elsewhere, behind everything that may go wrong: each does it, and none does it as two."""

import asyncio
import signal
from collections import Counter, defaultdict

import pytest

from adapters import migrations
from adapters.database import Database
from adapters.passwords import Passwords
from server.app import create_app
from server.services import make_services
from server.settings import Settings
from tests.soak.cluster import Cluster
from tests.support.api import Api, client_of
from tests.support.catalog import mutate
from tests.support.tables import MadeTable, create_records, make_table
from tests.support.targets import Target, answering, serving
from tests.support.waiting import eventually
from tests.support.webhooks import let_out, make_webhook, messages
from tests.support.workers import worker

pytestmark = pytest.mark.long

COUNT = 60
BATCH = 5
FIELDS = [{"name": "Name", "type": "TEXT"}, {"name": "Count", "type": "NUMBER"}]
HASTY = {
    "webhook_retry_seconds": ",".join(["0"] * 30),
    "automation_attempts": "30",
    "automation_retry_delay": "PT0.1S",
    "outgoing_read_timeout": "PT1S",
}
"""Settings of the workers: what fails is tried again soon, and often."""


async def moody(target: Target, writer: asyncio.StreamWriter) -> None:
    """Answers most requests; of an automation's some fail, some are cut off, and some hang.

    Not so those of a webhook: one that fails is left in peace for longer than a test may take.
    """
    match len(target.requests) % 13 if b" /automation " in target.requests[-1] else 0:
        case 3 | 8:
            await answering("500 Broken")(target, writer)
        case 5:
            writer.close()
        case 11:
            await asyncio.sleep(30)
        case _:
            await answering("204 No Content")(target, writer)


async def write(api: Api, table: MadeTable) -> list[str]:
    """Commit some records, whose ids it returns, and try others: refused ones, rolled back ones, and a dry run."""
    ids = []
    for first in range(0, COUNT, BATCH):
        ids += await create_records(api, table, [{"Name": f"{first + n:03}"} for n in range(BATCH)])
        bad = [{"Name": "refused"}, {"Name": "refused", "Count": "many"}]
        refused = await mutate(
            api, "createRecords", "__typename", {"tableId": table.id, "records": bad}, as_=table.owner
        )
        assert refused.codes == ["VALIDATION_ERROR"]
        good = {"create": {"tableId": table.id, "records": [{"fields": {"Name": "dry"}}]}}
        dry = await mutate(api, "transact", "__typename", {"operations": [good], "dryRun": True}, as_=table.owner)
        assert dry.codes == []
        unknown = {"delete": {"tableId": table.id, "ids": [str(table.id)]}}
        rolled_back = await mutate(api, "transact", "__typename", {"operations": [good, unknown]}, as_=table.owner)
        assert rolled_back.codes != []
    return ids


def told(target: Target) -> dict[str, Counter[str]]:
    """How many messages, by the ids that their receiver knows them by, there are of each record, by path."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for message in messages(target):
        path = message.line.split()[1]
        record = message.json["record"] if path == "/automation" else message.json["data"]["recordId"]
        found[path][message.id] = record
    return {path: Counter(records.values()) for path, records in found.items()}


async def test_each_committed_event_is_told_as_one_and_nothing_else_is(
    cluster: Cluster, settings: Settings, passwords: Passwords
) -> None:
    await migrations.upgrade(cluster.url)
    services = make_services(settings, Database(cluster.url, pool_size=10))
    services.passwords = passwords
    let_out(services)
    async with client_of(create_app(settings, services)) as http, services.bus.running(), serving(moody) as target:
        api = Api(http, services)
        table = await make_table(api, FIELDS)
        await make_webhook(api, table, target.url("127.0.0.1", "/webhook"))
        send = {"url": target.url("127.0.0.1", "/automation"), "body": {"record": "{{trigger.record_id}}"}}
        given = {"tableId": table.id, "name": "Tell", "triggerType": "RECORD_CREATED"}
        actions = [{"type": "SEND_WEBHOOK", "config": send}]
        made = await mutate(
            api, "createAutomation", "automation { id }", {**given, "actions": actions}, as_=table.owner
        )
        assert made.codes == []
        expected = Counter(await write(api, table))
        assert len(expected) == COUNT

        for count in (15, 60):
            async with worker(cluster.url, services.secret_key, **HASTY):
                await eventually(lambda count=count: len(target.requests) >= count)
            await asyncio.to_thread(cluster.halt, signal.SIGQUIT)
            await asyncio.to_thread(cluster.recover)

        async with worker(cluster.url, services.secret_key, **HASTY), worker(cluster.url, services.secret_key, **HASTY):
            await eventually(lambda: told(target) == {"/automation": expected, "/webhook": expected}, seconds=150)
            await asyncio.sleep(1)
    assert told(target) == {"/automation": expected, "/webhook": expected}
    await services.database.close()
