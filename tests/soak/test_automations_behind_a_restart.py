"""The database is stopped and comes back under automations: each event counts once all the same."""

import asyncio
import signal
from datetime import timedelta

import pytest

from adapters import migrations
from adapters.database import Database
from adapters.jobs import Pace
from adapters.passwords import Passwords
from server.app import create_app
from server.services import make_services
from server.settings import Settings
from server.working import Work
from tests.soak.cluster import Cluster
from tests.support.api import Api, client_of
from tests.support.catalog import mutate
from tests.support.tables import MadeTable, create_records, make_table
from tests.support.waiting import eventually

pytestmark = pytest.mark.long

COUNT = 300
PACE = Pace(poll=timedelta(milliseconds=500), takeover=timedelta(seconds=2), grace=timedelta(seconds=2))
FIELDS = [{"name": "Name", "type": "TEXT"}]
LIST = "query ($id: ID!) { records(tableId: $id, first: 1000) { nodes { fields } } }"


async def names(api: Api, table: MadeTable) -> list[str]:
    """The names of all records, sorted."""
    nodes = (await api.execute(LIST, {"id": table.id}, as_=table.owner)).ok["records"]["nodes"]
    return sorted(node["fields"]["Name"] for node in nodes)


async def test_each_record_is_copied_once(cluster: Cluster, settings: Settings, passwords: Passwords) -> None:
    await migrations.upgrade(cluster.url)
    services = make_services(settings, Database(cluster.url, pool_size=10))
    services.passwords = passwords
    async with client_of(create_app(settings, services)) as http, services.bus.running():
        api = Api(http, services)
        table = await make_table(api, FIELDS)
        copies = await make_table(api, FIELDS, owner=table.owner)
        copy = {"tableId": str(copies.id), "fields": {"Name": "{{trigger.record.Name}}"}}
        given = {"tableId": table.id, "name": "Copy", "triggerType": "RECORD_CREATED"}
        actions = [{"type": "CREATE_RECORD", "config": copy}]
        made = await mutate(
            api, "createAutomation", "automation { id }", {**given, "actions": actions}, as_=table.owner
        )
        assert made.codes == []
        async with Work(services, PACE).running():
            await create_records(api, table, [{"Name": f"{n:03}"} for n in range(COUNT)])
            for _ in range(3):
                await asyncio.sleep(0.15)
                await asyncio.to_thread(cluster.halt, signal.SIGQUIT)
                await asyncio.sleep(0.3)
                await asyncio.to_thread(cluster.recover)

            async def are_copied() -> bool:
                return len(await names(api, copies)) >= COUNT

            await eventually(are_copied, 60)
            await asyncio.sleep(0.5)
            assert await names(api, copies) == [f"{n:03}" for n in range(COUNT)]
    await services.database.close()
