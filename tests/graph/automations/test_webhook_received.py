"""A request to an incoming webhook of the table sets automations off, each once."""

from adapters.database import Database
from domain.ids import Kind, new_id
from resolvers.automations.webhooks import webhook_received
from resolvers.services import Services
from tests.support.api import Api
from tests.support.automation_calls import DELAY, change, make_automation, runs_of, until_ended
from tests.support.automations import working
from tests.support.tables import make_table


async def test_webhook_received(api: Api, services: Services, database: Database) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    other = await make_table(api, [{"name": "Name", "type": "TEXT"}], owner=table.owner)
    webhook = new_id(Kind.VIEW)
    config = {"webhookId": str(webhook)}
    mine = await make_automation(api, table, "WEBHOOK_RECEIVED", config, actions=[DELAY])
    paused = await make_automation(api, table, "WEBHOOK_RECEIVED", config)
    await change(api, table, "pauseAutomation", {"id": paused})
    elsewhere = await make_automation(api, other, "WEBHOOK_RECEIVED", config)

    counts = []
    for request in ("a", "a", "b"):
        async with database.transaction() as unit:
            received = {"body": {"size": 8}, "headers": {}, "query": {}}
            runs = await webhook_received(unit, services, table.id, webhook, request, received)
        counts.append(len(runs))

    assert counts == [1, 0, 1]
    async with working(services):
        runs = await until_ended(api, table, mine, 2)
    assert [(run["status"], run["trigger"]["body"]) for run in runs] == [("SUCCEEDED", {"size": 8})] * 2
    assert await runs_of(api, table, paused) == await runs_of(api, other, elsewhere) == []
