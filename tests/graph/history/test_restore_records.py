"""`restoreRecords`: deleted records come back as they were, all or none."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from adapters.database import Connection
from tests.authorization.snapshot import Snapshot
from tests.graph.history.conftest import Trash
from tests.graph.records.conftest import member_of
from tests.support.api import Api
from tests.support.catalog import add_field, mutate, update_field
from tests.support.records import Records
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, create_records, make_table

FULL = {
    "Name": 'Bolt " \\ 🔩', "Price": 0.1, "Ready": True, "Day": "2026-01-02", "At": "2026-01-01T10:00:00Z",
    "Status": "Done", "Number": 2,
}  # fmt: skip
WHOLE = "id revision fields createdAt updatedAt createdBy { email } updatedBy { email }"


async def test_a_record_is_what_it_was(api: Api, records: Records, trash: Trash, table: MadeTable) -> None:
    editor = await member_of(api, table, "EDITOR")
    given = {key: value for key, value in FULL.items() if key != "Number"}
    [_, id], _ = await trash.create({}, given)
    before = (await records.get(id, selection=WHOLE)).ok["record"]
    assert before["fields"] == FULL
    await trash.delete(id)

    restored = (await trash.restore(id, as_=editor, selection=f"restoredIds records {{ {WHOLE} }}")).ok

    payload = restored["restoreRecords"]
    assert payload["restoredIds"] == [id]
    assert payload["records"] == [(await records.get(id, selection=WHOLE)).ok["record"]]
    [record] = payload["records"]
    assert record.pop("updatedAt") > before.pop("updatedAt")
    assert record == {**before, "revision": 2, "updatedBy": {"email": editor.email}}
    assert await trash.deleted_ids() == []


async def test_events_tell_that_it_was_created(trash: Trash, pg: Connection) -> None:
    [id], _ = await trash.create({"Name": "Bolt"})
    await trash.delete(id)
    mutation = (await trash.restore(id)).ok["restoreRecords"]["mutationId"]

    rows = await pg.fetch("SELECT operation, mutation_id::text, before FROM changes WHERE kind = 'record' ORDER BY seq")

    assert [row["operation"] for row in rows] == ["C", "D", "C"]
    assert (rows[2]["mutation_id"], rows[2]["before"]) == (mutation, None)
    same = "SELECT count(DISTINCT coalesce(after, before) - '{revision,updated_at,updated_by}'::text[]) FROM changes"
    assert await pg.fetchval(f"{same} WHERE kind = 'record'") == 1


async def test_one_that_is_there_stays_as_it_is(records: Records, trash: Trash) -> None:
    [there, gone], _ = await trash.create({"Name": "a"}, {"Name": "b"})
    await trash.delete(gone)

    payload = (await trash.restore(gone, there, gone)).ok["restoreRecords"]

    assert payload["restoredIds"] == [gone]
    assert [(record["id"], record["revision"]) for record in payload["records"]] == [(gone, 2), (there, 1)]
    again = (await trash.restore(gone, there)).ok["restoreRecords"]
    assert (again["restoredIds"], [record["revision"] for record in again["records"]]) == ([], [2, 1])


async def test_all_or_none(trash: Trash, state: Callable[[], Awaitable[Snapshot]]) -> None:
    [gone], _ = await trash.create({"Name": "a"})
    await trash.delete(gone)
    never = f"{gone[:-4]}{int(gone[-4:], 16) ^ 1:04x}"
    before = await state()

    result = await trash.restore(gone, never)

    assert result.codes == ["NOT_FOUND"]
    assert result.errors[0]["extensions"]["recordId"] == never
    assert await state() == before


async def test_a_record_of_another_table_is_not_found(api: Api, trash: Trash, table: MadeTable) -> None:
    other = await make_table(api, owner=table.owner)
    [id] = await create_records(api, other, [{}])
    await Trash(api, other).delete(id)

    assert (await trash.restore(id)).codes == ["NOT_FOUND"]


async def test_of_two_at_once_each_record_comes_back_once(trash: Trash, pg: Connection) -> None:
    ids, _ = await trash.create(*({"Price": i} for i in range(20)))
    await trash.delete(*ids)

    answers = await asyncio.gather(*(trash.restore(*(ids if i % 2 else ids[::-1])) for i in range(6)))

    restored = [id for answer in answers for id in answer.ok["restoreRecords"]["restoredIds"]]
    assert sorted(restored) == sorted(ids)
    assert all(len(answer.ok["restoreRecords"]["records"]) == 20 for answer in answers)
    assert await pg.fetchval("SELECT count(*) FROM changes WHERE operation = 'C' AND kind = 'record'") == 40


async def test_a_record_is_restored_as_often_as_it_is_deleted(records: Records, trash: Trash) -> None:
    [id], _ = await trash.create({"Name": "a"})
    for revision in (2, 3, 4):
        await trash.delete(id)
        assert (await trash.restore(id)).ok["restoreRecords"]["records"][0]["revision"] == revision


async def test_autonumbers_are_what_they_were_and_none_comes_twice(records: Records, trash: Trash) -> None:
    ids, _ = await trash.create({}, {}, {})
    await trash.delete(*ids)

    back = (await trash.restore(ids[2], ids[0])).ok["restoreRecords"]["records"]
    await trash.create({})

    assert [record["fields"]["Number"] for record in back] == [3, 1]
    assert [fields["Number"] for fields in await records.all()] == [1, 3, 4]


async def test_fields_that_came_and_went(api: Api, records: Records, trash: Trash, table: MadeTable) -> None:
    [id], _ = await trash.create({"Name": "Bolt", "Price": 7, "Day": "2026-01-02", "Status": "Open"})
    await trash.delete(id)
    assert (await mutate(api, "deleteField", "deletedId", {"id": table.fields["Price"]}, as_=table.owner)).ok
    await update_field(api, table, "Day", type="TEXT")
    await update_field(api, table, "Status", options={"choices": [{"name": "Done"}]})
    await add_field(api, table, name="Later", type="TEXT")
    await add_field(api, table, name="Count", type="AUTONUMBER")
    await add_field(api, table, name="Needed", type="TEXT", isRequired=True, defaultValue="standard")

    assert (await trash.restore(id)).ok

    assert await records.all() == [
        {
            "Name": "Bolt", "Ready": False, "Day": None, "At": None, "Status": None, "Number": 1, "Later": None,
            "Count": 1, "Needed": "standard",
        }
    ]  # fmt: skip


async def test_what_is_required_by_now_and_has_no_default_is_named(
    trash: Trash, api: Api, table: MadeTable, state: Callable[[], Awaitable[Snapshot]]
) -> None:
    [full, empty], _ = await trash.create({"Name": "Bolt"}, {"Price": 1})
    await trash.delete(full, empty)
    await update_field(api, table, "Name", isRequired=True)
    before = await state()

    result = await trash.restore(full, empty)

    assert result.codes == ["REQUIRED_FIELD"]
    [error] = result.errors[0]["extensions"]["errors"]
    assert (error["loc"], error["recordId"]) == (["Name"], empty)
    assert "recordIndex" not in error
    assert await state() == before
    assert (await trash.restore(full)).ok


@pytest.mark.parametrize("ids", [0, 10_001])
async def test_a_batch_has_a_size(trash: Trash, api: Api, ids: int) -> None:
    [id], _ = await trash.create({})

    assert (await trash.restore(*[id] * ids)).codes == ["BAD_REQUEST"]


@pytest.mark.parametrize("count", [1, 30])
async def test_it_costs_a_constant_number_of_statements(
    trash: Trash, statements: Callable[[], StatementLog], count: int
) -> None:
    for _ in range(2):
        ids, _ = await trash.create(*({"Price": i} for i in range(count)))
        await trash.delete(*ids)
        with statements() as seen:
            assert len((await trash.restore(*ids)).ok["restoreRecords"]["records"]) == count
    assert seen.count == 4, seen.texts  # the lock, what was deleted, the restoration, the records


async def test_resolvers_answer_it_too(trash: Trash) -> None:
    [id], _ = await trash.create({"Name": "Bolt"})
    await trash.delete(id)

    found = await trash.restore(id, selection="restoredIds records { fields table { base { name } } }")

    [record] = found.ok["restoreRecords"]["records"]
    assert (record["fields"]["Name"], record["table"]["base"]["name"]) == ("Bolt", "Base")


async def test_a_restoration_goes_with_its_operation(api: Api, trash: Trash, table: MadeTable) -> None:
    [id], _ = await trash.create({"Name": "Bolt"})
    await trash.delete(id)
    document = """
        mutation ($table: ID!, $ids: [ID!]!) {
          restoreRecords(input: {tableId: $table, ids: $ids}) { restoredIds }
          createRecord(input: {tableId: $table, fields: {Price: "bad"}}) { mutationId }
        }
    """
    given: dict[str, Any] = {"table": table.id, "ids": [id]}

    assert (await api.execute(document, given, as_=table.owner)).codes == ["VALIDATION_ERROR"]
    assert await trash.deleted_ids() == [id]


async def test_a_value_that_another_record_has_by_now_is_a_duplicate(api: Api, trash: Trash, table: MadeTable) -> None:
    given = {"fieldId": table.fields["Name"]}
    assert (await mutate(api, "createUniqueConstraint", "uniqueConstraint { id }", given, as_=table.owner)).ok
    [id, other], _ = await trash.create({"Name": "Bolt"}, {"Name": "Nut"})
    mutation = await trash.delete(id)
    await trash.update(other, {"Name": "Bolt"})

    for result in (await trash.restore(id), await trash.undo(mutation)):
        assert result.codes == ["DUPLICATE_VALUE"]
        assert result.errors[0]["extensions"]["field"] == "Name"
    assert await trash.deleted_ids() == [id]
