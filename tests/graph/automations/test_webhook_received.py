"""A request to an incoming webhook sets automations off."""

from typing import Any

import pytest

from resolvers.services import Services
from tests.graph.incoming_webhooks.test_receiving import MAPPINGS, make_incoming, refusal, send
from tests.support.api import Api
from tests.support.automation_calls import make_automation, runs_of, until_ended
from tests.support.automations import working
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


async def test_an_automation_of_another_table_does_not_hear_of_it(api: Api, table: MadeTable) -> None:
    id, path = await make_incoming(api, table)
    elsewhere = await make_table(api, [{"name": "Name", "type": "TEXT"}], owner=table.owner)
    automation = await make_automation(api, elsewhere, "WEBHOOK_RECEIVED", {"webhookId": id})
    assert (await send(api, path, BODY)).status_code == 200
    assert await runs_of(api, elsewhere, automation) == []
