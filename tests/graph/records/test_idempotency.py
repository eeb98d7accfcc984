"""Idempotency keys: a retry gets the first answer and writes nothing; another request with the key is refused."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeAlias

import asyncpg
import pytest

from resolvers.services import Services
from server.app import create_app
from server.settings import Settings
from tests.graph.records.conftest import EMPTY, member_of
from tests.support.api import Api, client_of
from tests.support.records import Records
from tests.support.refusals import refusal
from tests.support.tables import MadeTable

State = Callable[[], Awaitable[object]]
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Mutation = Callable[..., Awaitable[Any]]


def mutations(records: Records, parts: list[str]) -> dict[str, tuple[Mutation, Mutation]]:
    """Each mutation as it is sent at first, and the same with another argument."""
    return {
        "createRecord": (
            lambda **more: records.create({"Name": "a"}, **more),
            lambda **more: records.create({"Name": "b"}, **more),
        ),
        "createRecords": (
            lambda **more: records.create_all([{"Name": "a"}, {"Name": "b"}], **more),
            lambda **more: records.create_all([{"Name": "b"}, {"Name": "a"}], **more),
        ),
        "updateRecord": (
            lambda **more: records.update(parts[0], {"Price": 9}, **more),
            lambda **more: records.update(parts[1], {"Price": 9}, **more),
        ),
        "updateRecords": (
            lambda **more: records.update_all([{"id": parts[0], "fields": {"Price": 9}}], **more),
            lambda **more: records.update_all([{"id": parts[0], "fields": {"Price": 9}, "ifRevision": 2}], **more),
        ),
        "upsertRecords": (
            lambda **more: records.upsert(["Name"], [{"Name": "nut", "Price": 3}, {"Name": "new"}], **more),
            lambda **more: records.upsert(["Price"], [{"Name": "nut", "Price": 3}, {"Name": "new"}], **more),
        ),
        "deleteRecords": (
            lambda **more: records.delete(parts[:2], **more),
            lambda **more: records.delete(parts[:1], **more),
        ),
    }


NAMES = ["createRecord", "createRecords", "updateRecord", "updateRecords", "upsertRecords", "deleteRecords"]


@pytest.mark.parametrize("name", NAMES)
async def test_a_retry_gets_the_first_answer_and_writes_nothing(
    records: Records, parts: list[str], state: State, name: str
) -> None:
    send, _ = mutations(records, parts)[name]
    first = (await send(idempotencyKey="once")).ok
    before = await state()
    assert (await send(idempotencyKey="once")).ok == first
    assert await state() == before


@pytest.mark.parametrize("name", NAMES)
async def test_another_request_with_the_key_is_a_conflict(
    records: Records, parts: list[str], state: State, name: str
) -> None:
    send, send_other = mutations(records, parts)[name]
    await send(idempotencyKey="once")
    before = await state()
    refused = refusal(await send_other(idempotencyKey="once"), "CONFLICT")
    assert refused["message"] == "The idempotency key 'once' was used for another request."
    assert refused["argument"] == "idempotencyKey"
    assert await state() == before


async def test_another_mutation_with_the_key_is_a_conflict(records: Records) -> None:
    await records.create({"Name": "a"}, idempotencyKey="once")
    refusal(await records.create({"Name": "a"}, idempotencyKey="once", typecast=True), "CONFLICT")
    refusal(await records.upsert(["Name"], [{"Name": "a"}], idempotencyKey="once"), "CONFLICT")


async def test_without_a_key_every_request_is_done(records: Records) -> None:
    first, second = [(await records.create({"Name": "a"})).ok["createRecord"]["record"]["id"] for _ in range(2)]
    assert first != second


async def test_the_order_of_keys_does_not_make_another_request(records: Records) -> None:
    first = (await records.create({"Name": "a", "Price": 1}, idempotencyKey="once")).ok
    assert (await records.create({"Price": 1, "Name": "a"}, idempotencyKey="once")).ok == first


async def test_two_concurrent_requests_with_one_key_write_once(records: Records) -> None:
    answers = await asyncio.gather(*(records.create({"Name": "a"}, idempotencyKey="once") for _ in range(8)))
    assert len({answer.ok["createRecord"]["record"]["id"] for answer in answers}) == 1
    assert await records.all() == [{**EMPTY, "Name": "a"}]


async def test_a_retry_may_select_something_else(records: Records, parts: list[str]) -> None:
    made = (await records.create_all([{"Name": "a"}, {"Name": "b"}], idempotencyKey="once")).ok["createRecords"]
    again = await records.create_all(
        [{"Name": "a"}, {"Name": "b"}], idempotencyKey="once", selection='id value(field: "Name")'
    )
    assert again.ok["createRecords"] == {
        "records": [{"id": each["id"], "value": each["fields"]["Name"]} for each in made["records"]],
        "eventCursor": made["eventCursor"],
    }
    assert len(await records.all()) == 7


async def test_a_retry_may_select_what_resolvers_answer(records: Records, table: MadeTable) -> None:
    made = (await records.create({"Name": "a"}, idempotencyKey="once")).ok["createRecord"]["record"]
    again = await records.create({"Name": "a"}, idempotencyKey="once", selection="id table { base { id } }")
    assert again.ok["createRecord"]["record"] == {"id": made["id"], "table": {"base": {"id": str(table.base_id)}}}


async def test_a_retry_that_selects_something_else_of_a_deleted_record_is_not_found(records: Records) -> None:
    made = (await records.create({"Name": "a"}, idempotencyKey="once")).ok["createRecord"]["record"]
    await records.delete([made["id"]])
    assert (await records.create({"Name": "a"}, idempotencyKey="once")).ok["createRecord"]["record"] == made
    refused = refusal(await records.create({"Name": "a"}, idempotencyKey="once", selection="id"), "NOT_FOUND")
    assert refused["recordId"] == made["id"]


async def test_a_failed_request_leaves_its_key_free(records: Records, state: State) -> None:
    before = await state()
    refusal(await records.create({"Name": 5}, idempotencyKey="once"), "VALIDATION_ERROR")
    assert await state() == before
    assert (await records.create({"Name": "a"}, idempotencyKey="once")).ok


async def test_keys_of_users_are_independent(api: Api, records: Records, table: MadeTable) -> None:
    editor = await member_of(api, table, "EDITOR")
    mine = (await records.create({"Name": "a"}, idempotencyKey="once")).ok["createRecord"]["record"]
    theirs = (await records.create({"Name": "a"}, idempotencyKey="once", as_=editor)).ok["createRecord"]["record"]
    assert mine["id"] != theirs["id"]
    assert len(await records.all()) == 2


async def test_whoever_has_left_the_workspace_gets_no_answer_again(
    api: Api, records: Records, table: MadeTable
) -> None:
    editor = await member_of(api, table, "EDITOR")
    assert (await records.create({"Name": "a"}, idempotencyKey="once", as_=editor)).ok
    async with api.services.database.unit() as unit:
        await unit.connection.execute("DELETE FROM workspace_members WHERE user_id = $1", editor.id)
    refusal(await records.create({"Name": "a"}, idempotencyKey="once", as_=editor), "NOT_FOUND")


async def test_a_key_is_free_again_after_its_retention(api: Api, records: Records, pg: Connection) -> None:
    object.__setattr__(api.services.limits, "idempotency_retention", timedelta(hours=2))
    first = (await records.create({"Name": "a"}, idempotencyKey="once")).ok["createRecord"]["record"]
    await pg.execute("UPDATE idempotency_keys SET created_at = now() - interval '119 minutes'")
    assert (await records.create({"Name": "a"}, idempotencyKey="once")).ok["createRecord"]["record"] == first
    await pg.execute("UPDATE idempotency_keys SET created_at = now() - interval '121 minutes'")
    other = (await records.create({"Name": "b"}, idempotencyKey="once")).ok["createRecord"]["record"]
    assert other["fields"]["Name"] == "b"
    assert (await records.create({"Name": "b"}, idempotencyKey="once")).ok["createRecord"]["record"] == other
    assert await pg.fetchval("SELECT count(*) FROM idempotency_keys") == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "a\x00b"])
async def test_a_key_has_limits(records: Records, state: State, key: str) -> None:
    before = await state()
    refused = refusal(await records.create({"Name": "a"}, idempotencyKey=key), "BAD_REQUEST")
    assert refused["argument"] == "idempotencyKey"
    assert await state() == before


@pytest.mark.parametrize("key", ["x" * 255, "'; --", "\\", "🔑", "%s {} $1"])
async def test_a_key_is_any_text(records: Records, key: str) -> None:
    first = (await records.create({"Name": "a"}, idempotencyKey=key)).ok
    assert (await records.create({"Name": "a"}, idempotencyKey=key)).ok == first


async def test_several_mutations_of_an_operation_have_keys_of_their_own(records: Records, table: MadeTable) -> None:
    document = """
        mutation ($table: ID!) {
          a: createRecord(input: { tableId: $table, fields: { Name: "a" }, idempotencyKey: "1" }) { record { id } }
          b: createRecord(input: { tableId: $table, fields: { Name: "b" }, idempotencyKey: "2" }) { record { id } }
        }
    """
    first = (await records.run(document, {"table": table.id})).ok
    assert (await records.run(document, {"table": table.id})).ok == first
    assert [fields["Name"] for fields in await records.all()] == ["a", "b"]


async def test_values_that_no_hash_can_be_made_of_are_refused(
    settings: Settings, services: Services, records: Records, table: MadeTable
) -> None:
    deep: Any = 1
    for _ in range(300):
        deep = [deep]
    async with client_of(create_app(settings.model_copy(update={"max_json_depth": 400}), services)) as http:
        answer = await Records(Api(http, services), table).create({"Name": deep}, idempotencyKey="once")
    assert refusal(answer, "BAD_REQUEST")["argument"] == "idempotencyKey"
    document = """
        mutation ($table: ID!) {
          createRecord(input: {
            tableId: $table, fields: { Price: 123456789012345678901234567890 }, idempotencyKey: "1"
          }) { record { id } }
        }
    """
    assert refusal(await records.run(document, {"table": table.id}), "BAD_REQUEST")["argument"] == "idempotencyKey"


@pytest.mark.parametrize("name", NAMES)
async def test_a_key_is_taken_once_by_an_operation_that_begins_anew_with_fresh_metadata(
    records: Records, parts: list[str], state: State, pg: Connection, name: str
) -> None:
    send, _ = mutations(records, parts)[name]
    await records.page()  # the metadata is cached now
    await pg.execute("UPDATE bases SET schema_version = schema_version + 1")
    first = (await send(idempotencyKey="once")).ok
    after = await state()
    again = (await send(idempotencyKey="once")).ok
    assert again == first
    assert await state() == after
