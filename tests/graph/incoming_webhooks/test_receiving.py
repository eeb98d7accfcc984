"""POST /webhooks/incoming/{token}: one record a request, whatever is sent twice, and errors that say where."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from structlog.testing import capture_logs

from adapters.database import Database
from domain.webhooks.signing import new_secret, signed_headers
from resolvers.services import Services
from tests.support.api import Api
from tests.support.catalog import add_member, mutate, values
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, create_records, make_table

MAPPINGS = [{"path": "customer.name", "fieldId": "Name"}, {"path": '$["the items"][0].price', "fieldId": "Price"}]
BODY = {"customer": {"name": "Ada"}, "the items": [{"price": "2.5"}, {"price": 7}]}
REQUESTS = """
query ($id: ID!) {
  incomingWebhook(id: $id) {
    requests { nodes { contentType body idempotencyKey isTaken answer recordId code message } }
  }
}
"""


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with a name and a price."""
    return await make_table(api, [{"name": "Name", "type": "TEXT"}, {"name": "Price", "type": "NUMBER"}])


async def make_incoming(api: Api, table: MadeTable, **more: Any) -> tuple[str, str]:
    """Id and path of a new incoming webhook."""
    given = {"tableId": table.id, "name": "Orders", "fieldMappings": MAPPINGS, **more}
    result = await mutate(api, "createIncomingWebhook", "url incomingWebhook { id }", given, as_=table.owner)
    made = result.ok["createIncomingWebhook"]
    return made["incomingWebhook"]["id"], httpx.URL(made["url"]).path


async def send(api: Api, path: str, body: Any = BODY, **headers: str) -> httpx.Response:
    """The answer to a JSON body."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await api.http.post(path, json=body, headers=named)


def refusal(response: httpx.Response) -> tuple[int, str]:
    """The status and the code of an error."""
    [error] = response.json()["errors"]
    return response.status_code, error["extensions"]["code"]


async def log(api: Api, table: MadeTable, id: str) -> list[dict[str, Any]]:
    """The log, newest first."""
    return (await api.execute(REQUESTS, {"id": id}, as_=table.owner)).ok["incomingWebhook"]["requests"]["nodes"]


async def test_a_request_makes_one_record(api: Api, table: MadeTable) -> None:
    id, path = await make_incoming(api, table)

    response = await send(api, path)

    assert response.status_code == 200
    answer = response.json()
    assert (answer["isNew"], set(answer)) == (True, {"id", "recordId", "isNew"})
    assert await values(api, table, "Name") == ["Ada"]
    assert await values(api, table, "Price") == [2.5]
    [request] = await log(api, table, id)
    assert request["recordId"] == answer["recordId"]
    assert request["answer"] == answer
    assert (request["contentType"], request["isTaken"], request["code"]) == ("application/json", True, None)
    assert '"name":"Ada"' in request["body"].replace(" ", "")


async def test_a_form_is_taken_too(api: Api, table: MadeTable) -> None:
    _, path = await make_incoming(api, table, fieldMappings=[{"path": "who", "fieldId": "Name"}])

    response = await api.http.post(path, data={"who": "Zoë & co", "other": "x"})

    assert response.status_code == 200
    assert await values(api, table, "Name") == ["Zoë & co"]


@pytest.mark.parametrize("header", ["Idempotency-Key", "webhook-id"])
async def test_a_request_that_comes_again_gets_the_first_answer(api: Api, table: MadeTable, header: str) -> None:
    id, path = await make_incoming(api, table)

    answers = await asyncio.gather(*(send(api, path, **{header: "one"}) for _ in range(5)))
    other = await send(api, path, {"customer": {"name": "Eve"}}, **{header: "one"})

    assert [answer.status_code for answer in answers] == [200] * 5
    assert len({answer.text for answer in answers}) == 1
    assert refusal(other) == (409, "CONFLICT")
    assert await values(api, table, "Name") == ["Ada"]
    assert [each["isTaken"] for each in await log(api, table, id)] == [False, True]


async def test_what_was_refused_can_come_again_with_its_key(api: Api, table: MadeTable) -> None:
    id, path = await make_incoming(api, table)
    wrong = await send(api, path, {"the items": [{"price": "dear"}]}, Idempotency_Key="one")

    right = await send(api, path, Idempotency_Key="one")

    assert refusal(wrong) == (400, "VALIDATION_ERROR")
    [problem] = wrong.json()["errors"][0]["extensions"]["errors"]
    assert problem["loc"] == ['$["the items"][0].price']
    assert right.status_code == 200
    taken, refused = await log(api, table, id)
    assert (taken["idempotencyKey"], refused["idempotencyKey"]) == ("one", None)
    assert (refused["code"], refused["answer"]) == ("VALIDATION_ERROR", None)


async def test_with_fields_to_merge_on_a_record_is_changed(api: Api, table: MadeTable) -> None:
    [record] = await create_records(api, table, [{"Name": "Ada", "Price": 1}])
    _, path = await make_incoming(api, table, mergeOn=["Name"])

    changed = await send(api, path)
    made = await send(api, path, {"customer": {"name": "Eve"}})

    assert (changed.json()["recordId"], changed.json()["isNew"]) == (record, False)
    assert made.json()["isNew"] is True
    assert await values(api, table, "Price") == [2.5, None]


async def test_without_mappings_it_is_only_noted(api: Api, table: MadeTable) -> None:
    id, path = await make_incoming(api, table, fieldMappings=[])

    response = await send(api, path)

    assert (response.status_code, response.json()["recordId"]) == (200, None)
    assert await values(api, table, "Name") == []
    assert len(await log(api, table, id)) == 1


async def test_a_signature_is_asked_for(api: Api, table: MadeTable) -> None:
    secret = new_secret()
    id, path = await make_incoming(api, table, secret=secret)
    body, now = b'{"customer": {"name": "Ada"}}', datetime.now(UTC)

    async def post(headers: Mapping[str, str]) -> httpx.Response:
        sent = {"Content-Type": "application/json", **headers}
        return await api.http.post(path, content=body, headers=sent)

    assert refusal(await post({})) == (401, "UNAUTHENTICATED")
    assert refusal(await post(signed_headers(body, "m", now, [new_secret()]))) == (401, "UNAUTHENTICATED")
    late = signed_headers(body, "m", now - timedelta(minutes=6), [secret])
    assert refusal(await post(late)) == (401, "UNAUTHENTICATED")
    assert await values(api, table, "Name") == []

    signed = await post(signed_headers(body, "m", now, [secret]))
    again = await post(signed_headers(body, "m", now, [secret]))

    assert signed.status_code == 200
    assert again.json() == signed.json()
    assert await values(api, table, "Name") == ["Ada"]
    assert len(await log(api, table, id)) == 4


async def test_what_was_signed_counts_once_whatever_key_is_put_beside_it(api: Api, table: MadeTable) -> None:
    secret = new_secret()
    _, path = await make_incoming(api, table, secret=secret)
    body = b'{"customer": {"name": "Ada"}}'
    signed = signed_headers(body, "m", datetime.now(UTC), [secret])

    for key in ("one", "two"):
        headers = {"Content-Type": "application/json", **signed, "Idempotency-Key": key}
        assert (await api.http.post(path, content=body, headers=headers)).status_code == 200

    assert await values(api, table, "Name") == ["Ada"]


@pytest.mark.parametrize("body", [{"customer": {"name": "a\x00"}}, {"the items": [{"price": "a\x00b"}]}])
async def test_a_character_that_no_text_can_hold_is_refused(api: Api, table: MadeTable, body: Any) -> None:
    id, path = await make_incoming(api, table)
    assert refusal(await send(api, path, body)) == (400, "VALIDATION_ERROR")
    [request] = await log(api, table, id)
    assert request["code"] == "VALIDATION_ERROR"


@pytest.mark.parametrize(
    ("content", "type", "status", "code"),
    [
        (b"{", "application/json", 400, "BAD_REQUEST"),
        (b'{"a": ' + b"[" * 70 + b"]" * 70 + b"}", "application/json", 400, "BAD_REQUEST"),
        (b"{}", "application/json", 400, "BAD_REQUEST"),
        (b"{}", "text/plain", 415, "BAD_REQUEST"),
        (b"--x", "multipart/form-data; boundary=x", 415, "BAD_REQUEST"),
        (b"who=%ff", "application/x-www-form-urlencoded", 400, "BAD_REQUEST"),
        (b"a=1&" * 1_001, "application/x-www-form-urlencoded", 400, "BAD_REQUEST"),
        (b" " * ((1 << 20) + 1), "application/json", 413, "PAYLOAD_TOO_LARGE"),
    ],
)
async def test_bodies_that_are_not_taken(
    api: Api, table: MadeTable, content: bytes, type: str, status: int, code: str
) -> None:
    _, path = await make_incoming(api, table)

    response = await api.http.post(path, content=content, headers={"Content-Type": type})

    assert refusal(response) == (status, code)
    assert await values(api, table, "Name") == []


async def test_unknown_tokens_and_disabled_webhooks_are_not_found(api: Api, table: MadeTable) -> None:
    id, path = await make_incoming(api, table)
    given = {"id": id, "isEnabled": False}
    await mutate(api, "updateIncomingWebhook", "incomingWebhook { isEnabled }", given, as_=table.owner)

    for each in (path, "/webhooks/incoming/short", f"/webhooks/incoming/{'x' * 43}"):
        assert refusal(await send(api, each)) == (404, "NOT_FOUND")
    assert (await api.http.get(path)).status_code == 405
    assert await values(api, table, "Name") == []


async def test_a_new_token_ends_the_one_before(api: Api, table: MadeTable, pg: asyncpg.Connection) -> None:
    id, path = await make_incoming(api, table)
    result = await mutate(api, "regenerateIncomingWebhookToken", "url", {"id": id}, as_=table.owner)
    url = result.ok["regenerateIncomingWebhookToken"]["url"]

    assert refusal(await send(api, path)) == (404, "NOT_FOUND")
    assert (await send(api, httpx.URL(url).path)).status_code == 200
    token = url.rpartition("/")[2]
    for name in ("incoming_webhooks", "audit_entries"):
        assert not any(token in str(dict(row)) for row in await pg.fetch(f"SELECT * FROM {name}"))


async def test_it_writes_what_its_owner_may_and_no_more(api: Api, table: MadeTable) -> None:
    admin = await api.register()
    member = await add_member(api, table.owner, table.workspace_id, admin, "ADMIN")
    given = {"tableId": table.id, "name": "Theirs", "fieldMappings": MAPPINGS}
    made = (await mutate(api, "createIncomingWebhook", "url incomingWebhook { id }", given, as_=admin)).ok
    path = httpx.URL(made["createIncomingWebhook"]["url"]).path
    id = made["createIncomingWebhook"]["incomingWebhook"]["id"]
    await mutate(
        api, "updateWorkspaceMember", "workspaceMember { role }", {"id": member, "role": "VIEWER"}, as_=table.owner
    )

    assert refusal(await send(api, path)) == (403, "FORBIDDEN")
    assert await values(api, table, "Name") == []

    given = {"id": id, "name": "Taken over"}
    await mutate(api, "updateIncomingWebhook", "incomingWebhook { id }", given, as_=table.owner)
    assert (await send(api, path)).status_code == 200


async def test_requests_are_counted(api: Api, services: Services, database: Database, table: MadeTable) -> None:
    _, path = await make_incoming(api, table)
    services.incoming.per_webhook = 2

    answers = [await send(api, path) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "retry-after" in answers[2].headers
    assert len(await values(api, table, "Name")) == 2


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"fieldMappings": [{"path": "a..b", "fieldId": "Name"}]}, "BAD_REQUEST"),
        ({"fieldMappings": [{"path": "", "fieldId": "Name"}]}, "BAD_REQUEST"),
        ({"fieldMappings": [{"path": "a", "fieldId": "Nothing"}]}, "BAD_REQUEST"),
        ({"fieldMappings": [{"path": "a", "fieldId": "Name"}, {"path": "b", "fieldId": "Name"}]}, "BAD_REQUEST"),
        ({"fieldMappings": [], "mergeOn": ["Name"]}, "BAD_REQUEST"),
        ({"secret": "short"}, "BAD_REQUEST"),
        ({"name": " "}, "VALIDATION_ERROR"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    api: Api, table: MadeTable, pg: asyncpg.Connection, given: dict[str, Any], code: str
) -> None:
    base = {"tableId": table.id, "name": "Orders", "fieldMappings": MAPPINGS}
    result = await mutate(api, "createIncomingWebhook", "url", {**base, **given}, as_=table.owner)

    assert result.codes == [code]
    assert await pg.fetchval("SELECT count(*) FROM incoming_webhooks") == 0


async def test_a_list_costs_as_many_statements_as_one(
    api: Api, table: MadeTable, statements: Callable[[], StatementLog]
) -> None:
    document = "query ($id: ID!) { incomingWebhooks(tableId: $id) { id name isSigned owner { id } } }"
    counts = []
    for _ in range(2):
        await make_incoming(api, table)
        with statements() as seen:
            found = (await api.execute(document, {"id": table.id}, as_=table.owner)).ok["incomingWebhooks"]
        counts.append((len(found), seen.count))

    assert [count for count, _ in counts] == [1, 2]
    assert counts[0][1] == counts[1][1]


async def test_logs_do_not_hold_tokens(api: Api, table: MadeTable) -> None:
    _, path = await make_incoming(api, table)

    with capture_logs() as logs:
        assert (await send(api, path, {})).status_code == 400

    [line] = [line for line in logs if line["event"] == "request"]
    assert (line["path"], line["operation"]) == ("/webhooks/incoming/…", "incoming webhook")
    assert path.rpartition("/")[2] not in str(logs)
