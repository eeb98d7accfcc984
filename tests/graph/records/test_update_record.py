"""updateRecord: only what is named changes, revisions, ifRevision, and updates that change nothing."""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import asyncpg
import pytest

from domain.ids import new_id, number_of
from tests.graph.records.conftest import EMPTY, member_of
from tests.support.api import Api
from tests.support.records import Records
from tests.support.refusals import refusal
from tests.support.tables import MadeTable, make_table

State = Callable[[], Awaitable[object]]
HISTORY = "id revision fields createdAt updatedAt createdBy { id } updatedBy { id }"


async def made(records: Records, fields: dict[str, object]) -> dict[str, object]:
    return (await records.create(fields, selection=HISTORY)).ok["createRecord"]["record"]


async def test_only_what_is_named_changes(records: Records, table: MadeTable) -> None:
    before = await made(records, {"Name": "Bolt", "Price": 1, "Status": "Open"})
    result = await records.update(before["id"], {"Price": 2, table.fields["Ready"]: True}, selection=HISTORY)
    record = result.ok["updateRecord"]["record"]
    assert record["fields"] == {**EMPTY, "Name": "Bolt", "Price": 2, "Ready": True, "Status": "Open"}
    assert (record["id"], record["revision"]) == (before["id"], 2)
    assert record["createdAt"] == before["createdAt"]
    assert record["updatedAt"] > before["updatedAt"]


async def test_null_and_the_empty_text_clear_a_value(records: Records) -> None:
    before = await made(records, {"Name": "Bolt", "Price": 1, "Ready": True, "Day": "2026-01-01", "Status": "Open"})
    cleared = {"Name": "", "Price": None, "Ready": None, "Day": "", "Status": ""}
    assert (await records.update(before["id"], cleared)).ok["updateRecord"]["record"]["fields"] == EMPTY


async def test_an_update_that_changes_nothing_keeps_the_revision_and_writes_no_log(
    records: Records, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    before = await made(records, {"Name": "Bolt", "Price": 2.5, "Ready": False, "At": "2026-01-01T10:00:00+02:00"})
    logged = await pg.fetchval("SELECT count(*) FROM changes")
    for same in ({}, {"Name": "Bolt"}, {"Price": 2.50, "Ready": False}, {"At": "2026-01-01T08:00:00Z", "Day": None}):
        record = (await records.update(before["id"], same, selection=HISTORY)).ok["updateRecord"]["record"]
        assert record == before
    assert await pg.fetchval("SELECT count(*) FROM changes") == logged


async def test_who_updated_last_is_kept(api: Api, records: Records, table: MadeTable) -> None:
    before = await made(records, {"Name": "Bolt"})
    editor = await member_of(api, table, "EDITOR")
    result = await records.update(before["id"], {"Name": "Nut"}, as_=editor, selection=HISTORY)
    record = result.ok["updateRecord"]["record"]
    assert record["createdBy"] == {"id": str(table.owner.id)}
    assert record["updatedBy"] == {"id": str(editor.id)}


async def test_if_revision_lets_the_revision_that_it_names_be_changed(records: Records) -> None:
    id = (await made(records, {"Name": "a"}))["id"]
    assert (await records.update(id, {"Name": "b"}, ifRevision=1)).ok["updateRecord"]["record"]["revision"] == 2
    assert (await records.update(id, {"Name": "c"}, ifRevision=2)).ok["updateRecord"]["record"]["revision"] == 3


@pytest.mark.parametrize("revision", [1, 0, -1, 3, 2_147_483_647])
async def test_if_revision_refuses_every_other_revision(records: Records, state: State, revision: int) -> None:
    id = (await made(records, {"Name": "a"}))["id"]
    await records.update(id, {"Name": "b"})
    before = await state()
    refused = refusal(await records.update(id, {"Name": "c"}, ifRevision=revision), "CONFLICT")
    assert (refused["recordId"], refused["revision"]) == (id, 2)
    assert refused["message"] == f"Record {id} was changed by somebody else: it is at revision 2 now."
    assert await state() == before


async def test_if_revision_also_refuses_an_update_that_would_change_nothing(records: Records) -> None:
    id = (await made(records, {"Name": "a"}))["id"]
    refusal(await records.update(id, {"Name": "a"}, ifRevision=7), "CONFLICT")


async def test_bad_values_are_all_reported_with_the_record(records: Records, state: State) -> None:
    id = (await made(records, {"Name": "a"}))["id"]
    before = await state()
    refused = refusal(await records.update(id, {"Name": 1, "Day": "soon", "X": 0}), "VALIDATION_ERROR")
    assert [(each["loc"], each["recordId"]) for each in refused["errors"]] == [
        (["Name"], id), (["Day"], id), (["X"], id),
    ]  # fmt: skip
    assert refused["recordId"] == id
    assert await state() == before


async def test_a_required_value_cannot_be_cleared(api: Api, state: State) -> None:
    fields = [{"name": "Name", "type": "TEXT", "isRequired": True}, {"name": "Price", "type": "NUMBER"}]
    records = Records(api, await make_table(api, fields))
    id = (await made(records, {"Name": "a"}))["id"]
    before = await state()
    refused = refusal(await records.update(id, {"Name": None}), "REQUIRED_FIELD")
    assert (refused["field"], refused["recordId"]) == ("Name", id)
    assert await state() == before
    assert (await records.update(id, {"Price": 1})).ok["updateRecord"]["record"]["fields"] == {"Name": "a", "Price": 1}


async def test_typecast_converts(records: Records) -> None:
    id = (await made(records, {"Name": "a"}))["id"]
    refusal(await records.update(id, {"Price": "12"}), "VALIDATION_ERROR")
    record = (await records.update(id, {"Price": "12"}, typecast=True)).ok["updateRecord"]["record"]
    assert record["fields"]["Price"] == 12


async def test_a_record_that_is_not_there_is_not_found(records: Records, parts: list[str], state: State) -> None:
    number = number_of(UUID(parts[0]))
    assert number is not None
    before = await state()
    for id in (uuid4(), new_id(number), new_id(number + 1_000_000), records.table.id):
        refused = refusal(await records.update(id, {"Name": "x"}), "NOT_FOUND")
        assert refused["message"] == f"There is no record with id {id}."
        assert refused["recordId"] == str(id)
    assert await state() == before


async def test_a_record_of_somebody_else_is_not_found_whatever_is_sent(
    api: Api, records: Records, parts: list[str], state: State
) -> None:
    stranger = await api.register()
    before = await state()
    for fields in ({"Name": "mine"}, {"Unknown": 1}, {"Price": "bad"}, []):
        refused = refusal(await records.update(parts[0], fields, as_=stranger), "NOT_FOUND")
        assert refused["message"] == f"There is no record with id {parts[0]}."
        assert "tableId" not in refused
    assert await state() == before


async def test_an_id_that_is_no_uuid_is_a_bad_request(records: Records) -> None:
    assert refusal(await records.update("seven", {}), "BAD_REQUEST")["argument"] == "id"
