"""testWebhook, redeliverWebhook and redeliverWebhookSince: the same messages once more, with the same ids."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest

from resolvers.services import Services
from tests.support.api import Api
from tests.support.catalog import mutate
from tests.support.change_log import forget
from tests.support.tables import MadeTable, create_records
from tests.support.targets import Target, answering, serving
from tests.support.webhooks import (
    deliveries,
    got,
    make_webhook,
    messages,
    until_status,
    update_webhook,
)

CREATE = "mutation ($input: CreateRecordsInput!) { createRecords(input: $input) { eventCursor } }"
EARLY = "2020-01-01T00:00:00Z"
DAY = datetime(2019, 12, 31, tzinfo=UTC)


async def cursor_after(api: Api, table: MadeTable, name: str) -> str:
    """The event cursor behind a new record."""
    given = {"input": {"tableId": table.id, "records": [{"Name": name}]}}
    cursor: str = (await api.execute(CREATE, given, as_=table.owner)).ok["createRecords"]["eventCursor"]
    return cursor


@pytest.mark.usefixtures("work")
async def test_a_test_is_sent_once_by_a_disabled_webhook_too(api: Api, table: MadeTable) -> None:
    async with serving(answering("500 No")) as target:
        made = await make_webhook(api, table, target, isEnabled=False)
        await mutate(api, "testWebhook", "delivery { id status }", {"id": made["id"]}, as_=table.owner)
        [delivery] = await until_status(api, table, made["id"], "FAILED")

        [message] = messages(target)
    assert (delivery["type"], delivery["attemptCount"], message.id) == ("webhook.test", 1, delivery["id"])
    assert message.json["data"] == {"tableId": str(table.id), "message": "This is a test."}


@pytest.mark.usefixtures("work")
async def test_a_message_is_sent_once_more(api: Api, table: MadeTable, target: Target) -> None:
    made = await make_webhook(api, table, target)
    await create_records(api, table, [{"Name": "Bolt"}])
    [delivery] = await until_status(api, table, made["id"], "SUCCEEDED")

    given = {"deliveryId": delivery["id"]}
    result = await mutate(api, "redeliverWebhook", "delivery { id status }", given, as_=table.owner)

    assert result.ok["redeliverWebhook"]["delivery"] == {"id": delivery["id"], "status": "PENDING"}
    first, second = await got(target, 2)
    assert (first.id, first.body) == (second.id, second.body)
    [delivery] = await until_status(api, table, made["id"], "SUCCEEDED")
    assert delivery["attemptCount"] == 2


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize(("only_failed", "count"), [(False, 3), (True, 1)])
async def test_all_since_a_moment_are_sent_once_more(
    api: Api, table: MadeTable, target: Target, pg: asyncpg.Connection, only_failed: bool, count: int
) -> None:
    made = await make_webhook(api, table, target)
    await create_records(api, table, [{"Name": str(n)} for n in range(4)])
    found = await until_status(api, table, made["id"], "SUCCEEDED", 4)
    await pg.execute("UPDATE webhook_deliveries SET created_at = $1 WHERE id::text = $2", DAY, found[-1]["id"])
    await pg.execute("UPDATE webhook_deliveries SET status = 'FAILED' WHERE id::text = $1", found[0]["id"])

    given = {"id": made["id"], "since": EARLY, "onlyFailed": only_failed}
    result = await mutate(api, "redeliverWebhookSince", "count", given, as_=table.owner)

    assert result.ok["redeliverWebhookSince"]["count"] == count
    again = (await got(target, 4 + count))[4:]
    assert {m.id for m in again} == {each["id"] for each in (found[:1] if only_failed else found[:3])}


@pytest.mark.usefixtures("work")
async def test_the_log_is_read_again_from_a_cursor_on(
    api: Api, table: MadeTable, target: Target, pg: asyncpg.Connection
) -> None:
    made = await make_webhook(api, table, target)
    cursor = await cursor_after(api, table, "A")
    await cursor_after(api, table, "B")
    await until_status(api, table, made["id"], "SUCCEEDED", 2)
    await update_webhook(api, table, made["id"], isEnabled=False)
    await cursor_after(api, table, "missed")
    await update_webhook(api, table, made["id"], isEnabled=True, fromNow=True)
    await cursor_after(api, table, "C")
    await until_status(api, table, made["id"], "SUCCEEDED", 3)

    result = await mutate(api, "redeliverWebhookSince", "count", {"id": made["id"], "cursor": cursor}, as_=table.owner)

    assert result.ok["redeliverWebhookSince"]["count"] is None
    found = await got(target, 6)
    await asyncio.sleep(0.3)
    names = [m.json["data"]["record"]["fields"]["Name"] for m in messages(target)]
    assert sorted(names) == ["A", "B", "B", "C", "C", "missed"]
    assert len({m.id for m in found}) == 4
    assert await pg.fetchval("SELECT count(*) FROM webhook_deliveries") == 4


@pytest.mark.usefixtures("work")
async def test_a_cursor_that_is_ahead_skips_nothing(
    api: Api, table: MadeTable, target: Target, pg: asyncpg.Connection
) -> None:
    made = await make_webhook(api, table, target, isEnabled=False)
    cursor = await cursor_after(api, table, "A")
    await pg.execute("UPDATE webhooks SET is_enabled = true")

    await mutate(api, "redeliverWebhookSince", "count", {"id": made["id"], "cursor": cursor}, as_=table.owner)
    await create_records(api, table, [{"Name": "B"}])

    names = [m.json["data"]["record"]["fields"]["Name"] for m in await got(target, 2)]
    assert sorted(names) == ["A", "B"]


async def test_what_cannot_be_sent_again_is_refused(
    api: Api, services: Services, table: MadeTable, pg: asyncpg.Connection
) -> None:
    made = await make_webhook(api, table, "https://example.com/in", isEnabled=False)
    sent = await mutate(api, "testWebhook", "delivery { id }", {"id": made["id"]}, as_=table.owner)
    since, delivery = {"id": made["id"], "since": EARLY}, sent.ok["testWebhook"]["delivery"]["id"]
    cursor = await cursor_after(api, table, "A")

    async def code(mutation: str, given: dict[str, str]) -> list[str]:
        return (await mutate(api, mutation, "__typename", given, as_=table.owner)).codes

    assert await code("redeliverWebhook", {"deliveryId": delivery}) == ["CONFLICT"]
    assert await code("redeliverWebhookSince", since) == ["CONFLICT"]
    assert await code("redeliverWebhookSince", {"id": made["id"]}) == ["BAD_REQUEST"]
    assert await code("redeliverWebhookSince", {**since, "cursor": "00"}) == ["BAD_REQUEST"]
    await update_webhook(api, table, made["id"], isEnabled=True)
    assert await code("redeliverWebhookSince", {"id": made["id"], "cursor": "00"}) == ["BAD_REQUEST"]
    await forget(pg)
    assert await code("redeliverWebhookSince", {"id": made["id"], "cursor": cursor}) == ["RESYNC_REQUIRED"]
    assert [d["status"] for d in await deliveries(api, table, made["id"])] == ["PENDING"]
