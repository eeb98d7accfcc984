"""createWebhook: from then on a server is told of each event once, signed."""

from base64 import b64decode
from collections.abc import Callable

import asyncpg
import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from resolvers.services import Services
from tests.support.api import Api
from tests.support.catalog import add_member, mutate
from tests.support.records import Records
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, create_records
from tests.support.targets import Target
from tests.support.webhooks import deliveries, got, make_webhook, until_status

EVENTS = ["RECORD_CREATED", "RECORD_UPDATED", "RECORD_DELETED"]


async def test_a_webhook_is_as_it_was_asked_for(api: Api, table: MadeTable, target: Target) -> None:
    condition = {"field": "Price", "operator": "GT", "value": 2}
    headers = [{"name": "Authorization", "value": "Bearer of mine"}]
    made = await make_webhook(
        api, table, target, filter=condition, fieldIds=["Name"], headers=headers, isBatched=True, batchSize=5
    )

    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert len(b64decode(secret.removeprefix("whsec_"))) == 32
    assert made == {
        "id": made["id"],
        "name": "Hook",
        "url": target.url(),
        "events": EVENTS,
        "filter": {"field": table.fields["Price"], "operator": "GT", "value": 2},
        "fieldIds": [table.fields["Name"]],
        "headerNames": ["Authorization"],
        "isBatched": True,
        "batchSize": 5,
        "batchSeconds": 10,
        "formerSecretUntil": None,
        "isEnabled": True,
        "disabledReason": None,
        "failingSince": None,
        "missedAt": None,
        "error": None,
        "owner": {"id": str(table.owner.id)},
    }


@pytest.mark.usefixtures("work")
async def test_each_event_is_told_in_the_scheme_of_standard_webhooks(
    api: Api, table: MadeTable, target: Target
) -> None:
    made = await make_webhook(api, table, target, headers=[{"name": "X-Mine", "value": "yes"}])
    [id] = await create_records(api, table, [{"Name": "Bolt", "Price": 2}])
    await got(target, 1)
    await Records(api, table).update(id, {"Price": 3})
    await got(target, 2)
    await Records(api, table).delete([id])

    created, updated, deleted = await got(target, 3)

    for message in (created, updated, deleted):
        assert message.line == "POST /in HTTP/1.1"
        assert message.headers["content-type"] == "application/json"
        assert message.headers["x-mine"] == "yes"
        assert Verifier(made["secret"]).verify(message.body, dict(message.headers)) == message.json
    assert [m.json["type"] for m in (created, updated, deleted)] == [
        "record.created",
        "record.updated",
        "record.deleted",
    ]
    data = created.json["data"]
    assert (data["recordId"], data["tableId"], data["actor"]["id"]) == (id, str(table.id), str(table.owner.id))
    assert data["record"]["fields"] == {"Name": "Bolt", "Price": 2, "State": None}
    assert updated.json["data"]["previous"] == {"Price": 2}
    assert updated.json["data"]["changedFields"] == ["Price"]
    assert deleted.json["data"]["record"] is None
    assert len({m.id for m in (created, updated, deleted)}) == 3


@pytest.mark.usefixtures("work")
async def test_the_log_has_the_request_and_the_answer_and_no_secret(
    api: Api, table: MadeTable, target: Target, pg: asyncpg.Connection
) -> None:
    made = await make_webhook(api, table, target, headers=[{"name": "Authorization", "value": "Bearer hidden"}])
    await create_records(api, table, [{"Name": "Bolt"}])

    [delivery] = await until_status(api, table, made["id"], "SUCCEEDED")
    [message] = await got(target, 1)

    assert (delivery["id"], delivery["body"]) == (message.id, message.body.decode())
    assert (delivery["type"], delivery["eventCount"], delivery["attemptCount"]) == ("record.created", 1, 1)
    assert delivery["nextAttemptAt"] is None
    [attempt] = delivery["attempts"]
    assert attempt["requestHeaders"]["Authorization"] == attempt["requestHeaders"]["webhook-signature"] == "(not kept)"
    assert attempt["requestHeaders"]["webhook-id"] == message.id
    assert (attempt["number"], attempt["statusCode"], attempt["responseBody"], attempt["error"]) == (
        1,
        200,
        "thanks",
        None,
    )
    assert attempt["responseHeaders"] == {"content-length": "6"}
    rows = [
        str(dict(row)) for name in ("webhooks", "webhook_attempts") for row in await pg.fetch(f"SELECT * FROM {name}")
    ]
    assert not any("hidden" in row or made["secret"] in row for row in rows)


@pytest.mark.usefixtures("work")
async def test_a_filter_tells_of_what_comes_to_match_and_fields_narrow_what_is_told(
    api: Api, table: MadeTable, target: Target
) -> None:
    condition = {"field": "State", "operator": "EQ", "value": "Open"}
    made = await make_webhook(api, table, target, filter=condition, fieldIds=["Name", "State"])
    id, other = await create_records(api, table, [{"Name": "A", "State": "New"}, {"Name": "B", "State": "Open"}])
    records = Records(api, table)
    await records.update(id, {"State": "Open"})
    await records.update(other, {"Price": 5})
    await records.update(other, {"Name": "C"})

    await until_status(api, table, made["id"], "SUCCEEDED", 3)

    told = sorted(
        (m.json["data"]["recordId"], m.json["type"], m.json["data"]["record"]["fields"]["Name"])
        for m in await got(target, 3)
    )
    assert told == sorted(
        [
            (other, "record.created", "B"),
            (id, "record.created", "A"),
            (other, "record.updated", "C"),
        ]
    )
    assert all(set(m.json["data"]["record"]["fields"]) == {"Name", "State"} for m in await got(target, 3))


@pytest.mark.usefixtures("work")
async def test_what_the_owner_may_not_see_is_not_told(api: Api, table: MadeTable, target: Target) -> None:
    admin = await api.register()
    member = await add_member(api, table.owner, table.workspace_id, admin, "ADMIN")
    given = {"tableId": table.id, "name": "Theirs", "url": target.url(), "events": EVENTS}
    made = (await mutate(api, "createWebhook", "webhook { id }", given, as_=admin)).ok["createWebhook"]["webhook"]
    await mutate(api, "deleteWorkspaceMember", "deletedId", {"id": member}, as_=table.owner)
    await make_webhook(api, table, target)

    await create_records(api, table, [{"Name": "Bolt"}])

    [message] = await got(target, 1)
    assert await deliveries(api, table, made["id"]) == []
    assert message.json["data"]["record"]["fields"]["Name"] == "Bolt"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"url": "ftp://example.com"}, "must begin with http"),
        ({"url": "http://127.0.0.1/in"}, "not a public one, and no other is allowed. Who runs the server allows more"),
        ({"url": "http://[::1]/in"}, "not a public one"),
        ({"url": "http://user:word@example.com"}, "may not have a user"),
        ({"url": "http://example.com:22/"}, "port 22 is not allowed"),
        ({"events": []}, "at least one kind of event"),
        ({"headers": [{"name": "Webhook-Id", "value": "x"}]}, "is the message's own"),
        ({"headers": [{"name": "Host", "value": "x"}]}, "may not be set"),
        ({"headers": [{"name": "X", "value": "a\r\nY: b"}]}, "characters that no header may have"),
        ({"headers": [{"name": "X", "value": "a"}, {"name": "x", "value": "b"}]}, "named twice"),
        ({"headers": [{"name": f"X-{n}", "value": "a"} for n in range(21)]}, "at most 20 headers"),
        ({"batchSize": 0}, "1 to 500 events"),
        ({"batchSeconds": 3601}, "1 to 3,600 seconds"),
        ({"fieldIds": ["Nothing"]}, "no field 'Nothing'"),
        ({"filter": {"field": "Price", "operator": "EQ", "value": "x"}}, "cannot use this value"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    api: Api, table: MadeTable, pg: asyncpg.Connection, given: dict[str, object], reason: str
) -> None:
    base = {"tableId": table.id, "name": "Hook", "url": "https://example.com/in", "events": EVENTS}
    result = await mutate(api, "createWebhook", "secret", {**base, **given}, as_=table.owner)

    assert result.codes == ["BAD_REQUEST"]
    assert reason in result.errors[0]["message"]
    assert await pg.fetchval("SELECT count(*) FROM webhooks") == 0


async def test_a_table_has_as_many_as_the_setting_says(api: Api, services: Services, table: MadeTable) -> None:
    services.limits = services.limits.__class__(max_webhooks_per_table=1)
    await make_webhook(api, table, "https://example.com")
    given = {"tableId": table.id, "name": "One more", "url": "https://example.com", "events": EVENTS}

    result = await mutate(api, "createWebhook", "secret", given, as_=table.owner)

    assert result.codes == ["BAD_REQUEST"]
    assert "at most 1 webhooks" in result.errors[0]["message"]


async def test_a_list_costs_as_many_statements_as_one(
    api: Api, table: MadeTable, statements: Callable[[], StatementLog]
) -> None:
    document = "query ($id: ID!) { webhooks(tableId: $id) { id name error owner { id } } }"
    counts = []
    for _ in range(2):
        await make_webhook(api, table, "https://example.com")
        with statements() as seen:
            found = (await api.execute(document, {"id": table.id}, as_=table.owner)).ok["webhooks"]
        counts.append((len(found), seen.count))

    assert [count for count, _ in counts] == [1, 2]
    assert counts[0][1] == counts[1][1]


async def test_a_list_of_messages_costs_as_many_statements_as_one(
    api: Api, table: MadeTable, statements: Callable[[], StatementLog]
) -> None:
    made = await make_webhook(api, table, "https://example.com")
    counts = []
    for _ in range(2):
        await mutate(api, "testWebhook", "delivery { id }", {"id": made["id"]}, as_=table.owner)
        with statements() as seen:
            found = await deliveries(api, table, made["id"])
        counts.append((len(found), seen.count))

    assert [count for count, _ in counts] == [1, 2]
    assert counts[0][1] == counts[1][1]
