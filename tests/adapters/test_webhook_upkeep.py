"""The logs of webhooks are kept for as long as the setting says, and what is to be sent until it is sent."""

from datetime import timedelta

import asyncpg
import pytest

from adapters import webhook_upkeep
from adapters.webhook_upkeep import WebhookUpkeep
from tests.support.api import Api
from tests.support.catalog import mutate
from tests.support.tables import make_table
from tests.support.webhooks import make_webhook

_MESSAGE = """
INSERT INTO webhook_deliveries
       (id, webhook_id, event, type, body, event_count, status, tries_left, created_at, finished_at)
VALUES (gen_random_uuid(), $1, gen_random_uuid()::text, 'x', '', 1, 'SUCCEEDED', 0, now() - $2::interval,
        CASE WHEN $3 THEN now() - $2::interval END)
"""
_REQUEST = """
INSERT INTO incoming_requests (id, webhook_id, request_hash, content_type, body, received_at)
VALUES (gen_random_uuid(), $1, '', '', '', now() - $2::interval)
"""


@pytest.mark.parametrize("at_once", [1, 2, 1_000])
async def test_what_is_older_than_the_retention_is_deleted(
    api: Api, pg: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(webhook_upkeep, "ROWS_AT_ONCE", at_once)
    table = await make_table(api)
    webhook = (await make_webhook(api, table, "https://example.com"))["id"]
    given = {"tableId": table.id, "name": "In"}
    made = await mutate(api, "createIncomingWebhook", "incomingWebhook { id }", given, as_=table.owner)
    incoming = made.ok["createIncomingWebhook"]["incomingWebhook"]["id"]
    for days in (1, 3, 4):
        await pg.execute(_MESSAGE, webhook, timedelta(days=days), True)
        await pg.execute(_REQUEST, incoming, timedelta(days=days))
    await pg.execute(_MESSAGE, webhook, timedelta(days=5), False)

    assert await WebhookUpkeep(api.services.database, lambda: timedelta(days=2)).look() == 4

    assert await pg.fetchval("SELECT count(*) FROM webhook_deliveries") == 2
    assert await pg.fetchval("SELECT count(*) FROM incoming_requests") == 1
