"""`undo`: what a mutation of one's own did to records is taken back, all of it or nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.database import Connection
from domain.ids import Kind, new_id
from tests.authorization.snapshot import Snapshot
from tests.graph.history.conftest import Trash
from tests.graph.records.conftest import member_of
from tests.support.api import Api, Result
from tests.support.catalog import add_table, mutate, update_field
from tests.support.change_log import age
from tests.support.records import Records
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable

State = Callable[[], Awaitable[Snapshot]]


def undone(result: Result) -> dict[str, Any]:
    """What an undoing answered, without its ids."""
    payload = dict(result.ok["undo"])
    payload.pop("mutationId")
    return payload


def conflicts(result: Result) -> list[dict[str, Any]]:
    """The records and fields that a conflict names."""
    assert result.codes == ["CONFLICT"]
    return result.errors[0]["extensions"]["conflicts"]


async def fields_of(records: Records, id: str, *names: str) -> dict[str, Any]:
    """Some fields of a record."""
    fields = (await records.get(id)).ok["record"]["fields"]
    return {name: fields[name] for name in names}


async def test_changed_cells_are_set_back_and_others_stay(records: Records, trash: Trash) -> None:
    given = {"Name": "Bolt", "Price": 0.1, "Day": "2026-01-02", "Status": "Open"}
    [id], _ = await trash.create(given)
    mutation = await trash.update(id, {"Name": None, "Price": 7, "Day": "2026-02-02", "Status": "Done", "Ready": True})
    await trash.update(id, {"At": "2026-01-01T10:00:00Z"})

    assert undone(await trash.undo(mutation)) == {"restoredIds": [], "updatedIds": [id], "deletedIds": []}

    record = (await records.get(id)).ok["record"]
    assert record["fields"] == {**given, "Ready": False, "At": "2026-01-01T10:00:00Z", "Number": 1}
    assert record["revision"] == 4


async def test_rows_that_set_different_fields_are_set_back(records: Records, trash: Trash) -> None:
    [a, b, c], _ = await trash.create({"Name": "a"}, {"Price": 2}, {"Name": "c", "Price": 3})
    patches = [
        {"id": a, "fields": {"Name": "x"}},
        {"id": b, "fields": {"Price": None}},
        {"id": c, "fields": {"Name": "y", "Price": 4}},
    ]
    mutation = await trash.change("updateRecords", records=patches)

    assert sorted(undone(await trash.undo(mutation))["updatedIds"]) == sorted([a, b, c])

    found = [(fields["Name"], fields["Price"]) for fields in await records.all()]
    assert found == [("a", None), (None, 2), ("c", 3)]


async def test_created_records_are_deleted(records: Records, trash: Trash) -> None:
    ids, mutation = await trash.create({"Name": "a"}, {"Name": "b"})

    assert undone(await trash.undo(mutation)) == {"restoredIds": [], "updatedIds": [], "deletedIds": ids}

    assert await records.all() == []
    assert sorted(await trash.deleted_ids()) == sorted(ids)


async def test_deleted_records_are_restored(records: Records, trash: Trash) -> None:
    ids, _ = await trash.create({"Name": "a"}, {"Name": "b"})
    before = await records.all()
    mutation = await trash.delete(*ids)

    assert undone(await trash.undo(mutation)) == {"restoredIds": ids, "updatedIds": [], "deletedIds": []}

    assert await records.all() == before


async def test_to_undo_an_undoing_is_to_do_it_again(records: Records, trash: Trash) -> None:
    [id], created = await trash.create({"Price": 1})
    updated = await trash.update(id, {"Price": 2})
    deleted = await trash.delete(id)

    for mutation, there, price in [(deleted, True, 2), (updated, True, 1), (created, False, 1)]:
        undoing = (await trash.undo(mutation)).ok["undo"]["mutationId"]
        redoing = (await trash.undo(undoing)).ok["undo"]["mutationId"]
        assert (await trash.undo(redoing)).ok
        assert [fields["Price"] for fields in await records.all()] == ([price] if there else [])


async def test_a_whole_session_is_undone_and_done_again(records: Records, trash: Trash) -> None:
    [id], first = await trash.create({"Price": 0})
    mutations = [first, *[await trash.update(id, {"Price": price}) for price in (1, 2, 3)], await trash.delete(id)]

    undoings = [(await trash.undo(mutation)).ok["undo"]["mutationId"] for mutation in reversed(mutations)]
    assert await records.all() == []
    for undoing in reversed(undoings[1:]):
        assert (await trash.undo(undoing)).ok

    record = (await records.get(id)).ok["record"]
    assert record["fields"]["Price"] == 3


async def test_what_was_changed_since_is_named_and_nothing_is_undone(trash: Trash, state: State) -> None:
    ids, _ = await trash.create({"Price": 1}, {"Price": 1}, {"Price": 1})
    patches = [{"id": id, "fields": {"Price": 2, "Name": "x"}} for id in ids]
    mutation = await trash.change("updateRecords", records=patches)
    await trash.update(ids[0], {"Price": 3})
    await trash.delete(ids[1])
    before = await state()

    result = await trash.undo(mutation)

    assert conflicts(result) == [
        {"recordId": ids[0], "fields": ["Price"]},
        {"recordId": ids[1], "fields": []},
    ]
    assert result.errors[0]["extensions"]["recordId"] == ids[0]
    assert await state() == before


async def test_a_created_record_that_was_changed_since_stays(trash: Trash, state: State) -> None:
    [id], mutation = await trash.create({"Price": 1})
    await trash.update(id, {"Name": "x"})
    before = await state()

    assert conflicts(await trash.undo(mutation)) == [{"recordId": id, "fields": ["Name"]}]
    assert await state() == before


async def test_a_deleted_record_that_was_restored_is_in_the_way(trash: Trash) -> None:
    [id], _ = await trash.create({"Price": 1})
    mutation = await trash.delete(id)
    assert (await trash.restore(id)).ok

    assert conflicts(await trash.undo(mutation)) == [{"recordId": id, "fields": []}]


async def test_what_somebody_else_set_back_counts_as_touched(api: Api, trash: Trash, table: MadeTable) -> None:
    editor = await member_of(api, table, "EDITOR")
    [id], created = await trash.create({"Price": 1})
    mutation = await trash.update(id, {"Price": 2})
    await trash.update(id, {"Price": 3}, as_=editor)
    await trash.update(id, {"Price": 2, "Name": "theirs"}, as_=editor)

    assert conflicts(await trash.undo(mutation)) == [{"recordId": id, "fields": ["Price"]}]
    assert conflicts(await trash.undo(created)) == [{"recordId": id, "fields": ["Name", "Price"]}]


async def test_others_may_have_changed_other_cells(api: Api, records: Records, trash: Trash, table: MadeTable) -> None:
    editor = await member_of(api, table, "EDITOR")
    [id], _ = await trash.create({"Price": 1})
    mutation = await trash.update(id, {"Price": 2})
    await trash.update(id, {"Name": "theirs"}, as_=editor)

    assert undone(await trash.undo(mutation))["updatedIds"] == [id]
    assert await fields_of(records, id, "Price", "Name") == {"Price": 1, "Name": "theirs"}


async def test_a_record_that_others_deleted_and_restored_is_touched(api: Api, trash: Trash, table: MadeTable) -> None:
    editor = await member_of(api, table, "EDITOR")
    [id], _ = await trash.create({"Price": 1})
    mutation = await trash.update(id, {"Price": 2})
    await trash.delete(id, as_=editor)
    assert (await trash.restore(id, as_=editor)).ok

    assert conflicts(await trash.undo(mutation)) == [{"recordId": id, "fields": ["Price"]}]


BOTH = """
mutation ($one: ID!, $two: ID!, $id: ID!, $gone: ID!, $brief: ID!) {
  a: updateRecord(input: {id: $id, fields: {Price: 2}}) { mutationId }
  b: updateRecord(input: {id: $id, fields: {Price: 3, Name: "x"}}) { mutationId }
  c: createRecord(input: {tableId: $two, fields: {Name: "new"}}) { mutationId }
  d: updateRecord(input: {id: $gone, fields: {Price: 9}}) { mutationId }
  e: deleteRecords(input: {tableId: $one, ids: [$gone, $brief]}) { mutationId }
  f: restoreRecords(input: {tableId: $one, ids: [$brief]}) { mutationId }
}
"""


async def test_an_operation_of_several_tables_is_undone_as_one(
    api: Api, records: Records, trash: Trash, table: MadeTable
) -> None:
    second = await add_table(api, table.owner, table.base_id, "Second", [{"name": "Name", "type": "TEXT"}])
    [id, gone, brief], _ = await trash.create({"Price": 1}, {"Price": 8}, {"Price": 5})
    before = await records.all()
    given = {"one": table.id, "two": second, "id": id, "gone": gone, "brief": brief}
    done = (await api.execute(BOTH, given, as_=table.owner)).ok
    [mutation] = {payload["mutationId"] for payload in done.values()}

    payload = undone(await trash.undo(mutation))

    assert (payload["restoredIds"], payload["updatedIds"], len(payload["deletedIds"])) == ([gone], [id], 1)
    assert await records.all() == before
    assert (await records.get(gone)).ok["record"]["revision"] == 3
    other = "query ($table: ID!) { records(tableId: $table) { totalCount } }"
    assert (await api.execute(other, {"table": second}, as_=table.owner)).ok["records"]["totalCount"] == 0


async def test_what_came_and_went_within_a_mutation_leaves_nothing_to_undo(
    api: Api, trash: Trash, table: MadeTable, pg: Connection
) -> None:
    [id], _ = await trash.create({"Price": 1})
    document = """
        mutation ($id: ID!) {
          a: updateRecord(input: {id: $id, fields: {Price: 2}}) { mutationId }
          b: updateRecord(input: {id: $id, fields: {Price: 1}}) { mutationId }
        }
    """
    done = (await api.execute(document, {"id": id}, as_=table.owner)).ok
    count = await pg.fetchval("SELECT count(*) FROM changes")

    assert undone(await trash.undo(done["a"]["mutationId"])) == {"restoredIds": [], "updatedIds": [], "deletedIds": []}
    assert await pg.fetchval("SELECT count(*) FROM changes") == count


async def test_upserts_and_keyed_mutations_tell_their_ids(records: Records, trash: Trash) -> None:
    given = {"fields": {"Name": "a"}, "idempotencyKey": "once"}
    first, again = [await trash.change("createRecord", **given) for _ in range(2)]
    upserted = await trash.change("upsertRecords", mergeOn=["Name"], records=[{"Name": "a", "Price": 2}, {"Name": "b"}])

    assert (await trash.undo(upserted)).ok
    assert [(fields["Name"], fields["Price"]) for fields in await records.all()] == [("a", None)]
    assert first == again
    assert len(undone(await trash.undo(first))["deletedIds"]) == 1


async def test_a_deleted_choice_and_field_are_left_out(
    api: Api, records: Records, trash: Trash, table: MadeTable
) -> None:
    [id], _ = await trash.create({"Name": "Bolt", "Price": 1, "Status": "Open"})
    mutation = await trash.update(id, {"Name": "Nut", "Price": 2, "Status": "Done"})
    await update_field(api, table, "Status", options={"choices": [{"name": "Done"}]})
    assert (await mutate(api, "deleteField", "deletedId", {"id": table.fields["Price"]}, as_=table.owner)).ok

    assert undone(await trash.undo(mutation))["updatedIds"] == [id]
    assert await fields_of(records, id, "Name", "Status") == {"Name": "Bolt", "Status": None}


async def test_what_is_required_by_now_is_not_emptied(api: Api, trash: Trash, table: MadeTable, state: State) -> None:
    [id], _ = await trash.create({})
    mutation = await trash.update(id, {"Name": "x"})
    await update_field(api, table, "Name", isRequired=True)
    before = await state()

    result = await trash.undo(mutation)

    assert result.codes == ["REQUIRED_FIELD"]
    assert result.errors[0]["extensions"]["errors"][0]["recordId"] == id
    assert await state() == before


async def test_a_mutation_of_others_or_of_nobody_is_not_found(api: Api, trash: Trash, table: MadeTable) -> None:
    editor = await member_of(api, table, "EDITOR")
    _, mutation = await trash.create({"Price": 1}, as_=editor)
    unknown = str(new_id(Kind.MUTATION))

    results = [await trash.undo(each) for each in (mutation, unknown)]

    assert [result.codes for result in results] == [["NOT_FOUND"]] * 2
    assert [result.errors[0]["message"] for result in results] == [
        f"There is no recent mutation of yours with id {each}." for each in (mutation, unknown)
    ]
    assert (await trash.undo("x")).codes == ["BAD_REQUEST"]


@pytest.mark.parametrize(("role", "code"), [("VIEWER", "FORBIDDEN"), (None, "NOT_FOUND"), ("ADMIN", None)])
async def test_the_right_to_write_is_that_of_now(
    api: Api, trash: Trash, table: MadeTable, role: str | None, code: str | None
) -> None:
    editor = await member_of(api, table, "EDITOR")
    [id], mutation = await trash.create({"Price": 1}, as_=editor)
    await trash.update(id, {"Name": "in the way of the owner alone"}, as_=editor)
    members = "query ($id: ID!) { workspace(id: $id) { members { id user { id } } } }"
    found = (await api.execute(members, {"id": table.workspace_id}, as_=table.owner)).ok["workspace"]["members"]
    [member] = [each["id"] for each in found if each["user"]["id"] == str(editor.id)]
    if role is None:
        change = await mutate(api, "deleteWorkspaceMember", "deletedId", {"id": member}, as_=table.owner)
    else:
        given = {"id": member, "role": role}
        change = await mutate(api, "updateWorkspaceMember", "workspaceMember { id }", given, as_=table.owner)
    assert change.ok

    assert (await trash.undo(mutation, as_=editor)).codes == [code or "CONFLICT"]


async def test_what_is_long_ago_is_not_found(api: Api, trash: Trash, table: MadeTable, pg: Connection) -> None:
    api.services.limits = replace(api.services.limits, undo_window=timedelta(minutes=10))
    _, mutation = await trash.create({"Price": 1})
    await age(pg, table.base_id, 590)
    _, other = await trash.create({"Price": 1})
    assert (await trash.undo(mutation)).ok

    await age(pg, table.base_id, 601)

    assert (await trash.undo(other)).codes == ["NOT_FOUND"]


async def test_too_many_records_are_refused(api: Api, trash: Trash) -> None:
    api.services.limits = replace(api.services.limits, max_undo_records=2)
    _, few = await trash.create({}, {})
    _, many = await trash.create({}, {}, {})

    result = await trash.undo(many)

    assert result.codes == ["BAD_REQUEST"]
    assert result.errors[0]["message"] == "The mutation changed 3 records; at most 2 can be undone."
    assert (await trash.undo(few)).ok


async def test_changes_of_the_schema_are_not_undone(api: Api, trash: Trash, table: MadeTable, state: State) -> None:
    document = """
        mutation ($table: ID!) {
          createField(input: {tableId: $table, field: {name: "New", type: TEXT}}) { field { id } }
          createRecord(input: {tableId: $table, fields: {}}) { mutationId }
        }
    """
    done = (await api.execute(document, {"table": table.id}, as_=table.owner)).ok
    before = await state()

    assert (await trash.undo(done["createRecord"]["mutationId"])).codes == ["BAD_REQUEST"]
    assert await state() == before


async def test_records_of_a_table_that_is_gone_are_not_found(api: Api, trash: Trash, table: MadeTable) -> None:
    await add_table(api, table.owner, table.base_id, "Second")
    _, mutation = await trash.create({"Price": 1})
    assert (await mutate(api, "deleteTable", "deletedId", {"id": table.id}, as_=table.owner)).ok

    assert (await trash.undo(mutation)).codes == ["NOT_FOUND"]


async def test_of_an_undoing_and_an_update_at_once_no_change_is_lost(
    api: Api, records: Records, trash: Trash, table: MadeTable
) -> None:
    editor = await member_of(api, table, "EDITOR")
    for round in range(10):
        [id], _ = await trash.create({"Price": 1, "Name": f"{round}"})
        mutation = await trash.update(id, {"Price": 2})

        result, updated = await asyncio.gather(
            trash.undo(mutation), records.update(id, {"Price": 100 + round}, as_=editor)
        )

        assert updated.ok
        assert result.codes in ([], ["CONFLICT"])
        assert await fields_of(records, id, "Price") == {"Price": 100 + round}


async def test_of_two_undoings_at_once_one_wins(records: Records, trash: Trash) -> None:
    ids, _ = await trash.create(*({"Price": 1} for _ in range(10)))
    mutation = await trash.change("updateRecords", records=[{"id": id, "fields": {"Price": 2}} for id in ids])
    deletion = await trash.delete(*ids[:5])

    for each in (deletion, mutation):
        answers = await asyncio.gather(*(trash.undo(each) for _ in range(4)))
        assert sorted(answer.codes for answer in answers) == [[], *[["CONFLICT"]] * 3]

    assert [fields["Price"] for fields in await records.all()] == [1] * 10


@pytest.mark.parametrize("count", [1, 30])
async def test_it_costs_a_constant_number_of_statements(
    trash: Trash, statements: Callable[[], StatementLog], count: int
) -> None:
    for _ in range(2):
        ids, _ = await trash.create(*({"Price": i} for i in range(count)))
        mutation = await trash.delete(*ids)
        with statements() as seen:
            assert len((await trash.undo(mutation)).ok["undo"]["restoredIds"]) == count
    # What it changed, base, restorations and records held, the steps, the write, and foreign keys before and after it.
    assert seen.count == 8, seen.texts
