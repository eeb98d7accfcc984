"""updateWebhook, deleteWebhook and rotateWebhookSecret: pausing loses nothing, and who changes one is its owner."""

import asyncio

import asyncpg
import pytest
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from resolvers.services import Services
from tests.support.api import Api
from tests.support.catalog import add_member, mutate
from tests.support.tables import MadeTable, create_records
from tests.support.targets import Target
from tests.support.waiting import eventually
from tests.support.webhooks import (
    at_work,
    deliveries,
    got,
    make_webhook,
    messages,
    read_webhook,
    until_status,
    update_webhook,
)


@pytest.mark.usefixtures("work")
async def test_what_happens_while_it_is_paused_is_told_later(api: Api, table: MadeTable, target: Target) -> None:
    made = await make_webhook(api, table, target)
    await update_webhook(api, table, made["id"], isEnabled=False)
    [id] = await create_records(api, table, [{"Name": "Bolt"}])
    await asyncio.sleep(0.3)
    assert messages(target) == []

    await update_webhook(api, table, made["id"], isEnabled=True)

    assert [m.json["data"]["recordId"] for m in await got(target, 1)] == [id]


@pytest.mark.usefixtures("work")
async def test_or_not_when_it_begins_anew(api: Api, table: MadeTable, target: Target) -> None:
    made = await make_webhook(api, table, target, isEnabled=False)
    await create_records(api, table, [{"Name": "Bolt"}])

    await update_webhook(api, table, made["id"], isEnabled=True, fromNow=True)
    [id] = await create_records(api, table, [{"Name": "Nut"}])

    assert [m.json["data"]["recordId"] for m in await got(target, 1)] == [id]


async def test_what_waits_when_it_is_paused_is_sent_when_it_goes_on(
    api: Api, reachable: Services, table: MadeTable, target: Target
) -> None:
    reachable.limits = reachable.limits.__class__(webhook_retry_seconds="3600")
    made = await make_webhook(api, table, "http://hook.test:1999/in")
    async with at_work(reachable):
        await create_records(api, table, [{"Name": "Bolt"}])
        await eventually(lambda: first_attempt(api, table, made["id"]))
        await update_webhook(api, table, made["id"], isEnabled=False, url=target.url())
        await update_webhook(api, table, made["id"], isEnabled=True)
        [delivery] = await until_status(api, table, made["id"], "SUCCEEDED")

    assert delivery["attemptCount"] == 2
    assert len(messages(target)) == 1


async def first_attempt(api: Api, table: MadeTable, id: str) -> bool:
    """Whether the only message was tried once and waits for the next time."""
    return [(d["attemptCount"], d["nextAttemptAt"] is None) for d in await deliveries(api, table, id)] == [(1, False)]


async def test_who_changes_it_is_its_owner(api: Api, table: MadeTable) -> None:
    made = await make_webhook(api, table, "https://example.com/in")
    admin = await api.register()
    await add_member(api, table.owner, table.workspace_id, admin, "ADMIN")

    given = {"id": made["id"], "name": "Ours", "filter": None, "fieldIds": ["Name"]}
    result = await mutate(api, "updateWebhook", "webhook { name fieldIds owner { id } }", given, as_=admin)

    assert result.ok["updateWebhook"]["webhook"] == {
        "name": "Ours",
        "fieldIds": [table.fields["Name"]],
        "owner": {"id": str(admin.id)},
    }


@pytest.mark.usefixtures("work")
async def test_a_filter_whose_field_is_gone_has_it_rest_and_say_why(api: Api, table: MadeTable, target: Target) -> None:
    condition = {"field": "State", "operator": "EQ", "value": "Open"}
    made = await make_webhook(api, table, target, filter=condition)
    await mutate(api, "deleteField", "deletedId", {"id": table.fields["State"]}, as_=table.owner)
    [id] = await create_records(api, table, [{"Name": "Bolt"}])

    async def rests() -> bool:
        return (await read_webhook(api, table, made["id"]))["error"] is not None

    await eventually(rests)
    assert messages(target) == []
    changed = await update_webhook(api, table, made["id"], filter=None)
    assert (changed["filter"], changed["error"]) == (None, None)
    assert [m.json["data"]["recordId"] for m in await got(target, 1)] == [id]


@pytest.mark.usefixtures("work")
async def test_a_new_secret_signs_beside_the_one_before_for_a_while(
    api: Api, table: MadeTable, target: Target, pg: asyncpg.Connection
) -> None:
    made = await make_webhook(api, table, target)
    given = {"id": made["id"], "overlapSeconds": 60}
    selection = "secret webhook { formerSecretUntil }"
    rotated = (await mutate(api, "rotateWebhookSecret", selection, given, as_=table.owner)).ok["rotateWebhookSecret"]
    assert rotated["secret"] != made["secret"]
    assert rotated["webhook"]["formerSecretUntil"] is not None

    await create_records(api, table, [{"Name": "Bolt"}])
    [message] = await got(target, 1)
    for secret in (made["secret"], rotated["secret"]):
        Verifier(secret).verify(message.body, dict(message.headers))

    await pg.execute("UPDATE webhooks SET former_until = now()")
    await create_records(api, table, [{"Name": "Nut"}])
    message = (await got(target, 2))[1]
    Verifier(rotated["secret"]).verify(message.body, dict(message.headers))
    with pytest.raises(WebhookVerificationError):
        Verifier(made["secret"]).verify(message.body, dict(message.headers))


async def test_what_waits_is_not_sent_by_one_that_was_deleted(
    api: Api, reachable: Services, table: MadeTable, target: Target, pg: asyncpg.Connection
) -> None:
    reachable.limits = reachable.limits.__class__(webhook_retry_seconds="1")
    made = await make_webhook(api, table, "http://hook.test:1999/in")
    async with at_work(reachable):
        await create_records(api, table, [{"Name": "Bolt"}])
        await eventually(lambda: first_attempt(api, table, made["id"]))
        await update_webhook(api, table, made["id"], url=target.url())
        await mutate(api, "deleteWebhook", "deletedId", {"id": made["id"]}, as_=table.owner)
        await create_records(api, table, [{"Name": "Nut"}])
        await asyncio.sleep(1.5)

    assert messages(target) == []
    for name in ("webhooks", "webhook_deliveries", "webhook_attempts", "log_followers"):
        assert await pg.fetchval(f"SELECT count(*) FROM {name}") == 0


async def test_another_server_does_not_get_the_headers_that_nobody_is_shown(api: Api, table: MadeTable) -> None:
    headers = [{"name": "Authorization", "value": "Bearer of the shop"}]
    made = await make_webhook(api, table, "https://shop.example/hooks", headers=headers)

    moved = {"id": made["id"], "url": "https://eve.example/hooks"}
    result = await mutate(api, "updateWebhook", "webhook { id }", moved, as_=table.owner)
    assert (result.codes, result.errors[0]["extensions"]["argument"]) == (["BAD_REQUEST"], "headers")
    assert (await read_webhook(api, table, made["id"]))["url"] == "https://shop.example/hooks"

    same = await update_webhook(api, table, made["id"], url="https://shop.example/others")
    assert (same["url"], same["headerNames"]) == ("https://shop.example/others", ["Authorization"])
    other = await update_webhook(api, table, made["id"], url="https://eve.example/hooks", headers=[])
    assert (other["url"], other["headerNames"]) == ("https://eve.example/hooks", [])
