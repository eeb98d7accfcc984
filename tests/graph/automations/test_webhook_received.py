"""A request to an incoming webhook sets automations off."""

from typing import Any

import pytest

from resolvers.services import Services
from tests.graph.incoming_webhooks.test_receiving import MAPPINGS, make_incoming, refusal, send
from tests.support.api import Api
from tests.support.automation_calls import make_automation, read_automation, runs_of, try_automation, until_ended
from tests.support.automations import working
from tests.support.catalog import mutate
from tests.support.tables import MadeTable, make_table

BODY = {"customer": {"name": "Ada"}, "the items": [{"price": 2.5}]}


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with a name and a price."""
    return await make_table(api, [{"name": "Name", "type": "TEXT"}, {"name": "Price", "type": "NUMBER"}])


@pytest.mark.parametrize("mappings", [MAPPINGS, []])
async def test_each_request_is_a_run_with_its_body_and_its_record(
    api: Api, services: Services, table: MadeTable, mappings: list[Any]
) -> None:
    id, path = await make_incoming(api, table, fieldMappings=mappings)
    _, other = await make_incoming(api, table)
    automation = await make_automation(api, table, "WEBHOOK_RECEIVED", {"webhookId": id})
    async with working(services):
        first = await send(api, path, BODY, Idempotency_Key="once", Authorization="Bearer secret", X_Shop="north")
        again = await send(api, path, BODY, Idempotency_Key="once")
        assert (first.status_code, again.json()) == (200, first.json())
        assert (await send(api, other, BODY)).status_code == 200
        [run] = await until_ended(api, table, automation, 1)
    trigger = run["trigger"]
    assert (trigger["body"], trigger["user"]) == (BODY, None)
    assert trigger["headers"]["x-shop"] == "north"
    assert "secret" not in str(trigger)
    assert (trigger["record"] and trigger["record"]["Name"]) == ("Ada" if mappings else None)
    assert trigger["record_id"] == first.json()["recordId"]


async def test_what_is_refused_sets_nothing_off(api: Api, table: MadeTable) -> None:
    id, path = await make_incoming(api, table)
    automation = await make_automation(api, table, "WEBHOOK_RECEIVED", {"webhookId": id})
    wrong = {"customer": {"name": "Ada"}, "the items": [{"price": "much"}]}
    assert refusal(await send(api, path, wrong))[1] == "VALIDATION_ERROR"
    assert await runs_of(api, table, automation) == []


async def test_only_a_webhook_of_the_table_sets_an_automation_off(api: Api, table: MadeTable) -> None:
    mine, _ = await make_incoming(api, table)
    of_mine = await make_table(api, [{"name": "Name", "type": "TEXT"}], owner=table.owner)
    of_others = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    elsewhere = [(await make_incoming(api, each, fieldMappings=[]))[0] for each in (of_mine, of_others)]
    id = await make_automation(api, table, "WEBHOOK_RECEIVED", {"webhookId": mine})
    for webhook in elsewhere:
        config = {"webhookId": webhook}
        made = await try_automation(api, table, "WEBHOOK_RECEIVED", config)
        changed = await mutate(
            api, "updateAutomation", "automation { id }", {"id": id, "triggerConfig": config}, as_=table.owner
        )
        message = f"triggerConfig.webhookId: The table 'Parts' has no incoming webhook with id {webhook}."
        assert [each.errors[0]["message"] for each in (made, changed)] == [message] * 2
    assert (await read_automation(api, table, id))["triggerConfig"] == {"webhookId": mine}
