"""Every writer leaves alone what policies do not let the caller see or write, and makes nothing of it."""

from typing import Any

import pytest

from tests.graph.data_permissions.board import MINE, Board
from tests.support.api import Result
from tests.support.catalog import values
from tests.support.forms import make_form, publish, submit
from tests.support.imports import run_import

RECORDS = 'records { fields(only: ["Name"]) }'
POINTS = [1, 10, 2, 100]
WITH_TEXT = {"field": "Name", "operator": "STARTS_WITH", "value": "a"}


async def points(board: Board) -> list[Any]:
    """Those of all tasks."""
    return await values(board.api, board.table, "Points")


async def update(board: Board, *patches: tuple[str, dict[str, Any]]) -> Result:
    """Ann's update of tasks, by their names."""
    records = [{"id": board.tasks[name], "fields": fields} for name, fields in patches]
    return await board.change("updateRecords", RECORDS, tableId=board.table.id, records=records)


async def test_a_record_that_is_not_seen_is_not_there_to_be_changed(board: Board) -> None:
    await board.limit()

    one = await board.change("updateRecord", "record { id }", id=board.tasks["b1"], fields={"Points": 7})
    many = await update(board, ("a1", {"Points": 7}), ("b1", {"Points": 7}))
    gone = await board.change(
        "deleteRecords", "deletedIds", tableId=board.table.id, ids=[board.tasks["a1"], board.tasks["b1"]]
    )

    assert [each.codes for each in (one, many, gone)] == [["NOT_FOUND"]] * 3
    assert many.errors[0]["extensions"]["recordIndex"] == 1
    assert await points(board) == POINTS


async def test_what_is_seen_may_be_changed_and_deleted(board: Board) -> None:
    await board.limit()

    changed = await update(board, ("a1", {"Points": 7}), ("a2", {"Points": 8, "Done": None}))
    gone = await board.change("deleteRecords", "deletedIds", tableId=board.table.id, ids=[board.tasks["a1"]])

    assert changed.ok["updateRecords"]["records"] == [{"fields": {"Name": "a1"}}, {"fields": {"Name": "a2"}}]
    assert gone.codes == []
    assert await points(board) == [10, 8, 100]


@pytest.mark.parametrize("name", ["b1", "n1"])
async def test_a_record_that_is_seen_but_not_to_be_written_is_forbidden(name: str, board: Board) -> None:
    await board.limit(MINE, applies="WRITE")

    one = await board.change("updateRecord", "record { id }", id=board.tasks[name], fields={"Points": 7})
    many = await update(board, ("a1", {"Points": 7}), (name, {"Points": 7}))
    gone = await board.change(
        "deleteRecords", "deletedIds", tableId=board.table.id, ids=[board.tasks["a1"], board.tasks[name]]
    )

    assert [each.codes for each in (one, many, gone)] == [["FORBIDDEN"]] * 3
    assert many.errors[0]["extensions"]["recordIndex"] == 1
    assert await points(board) == POINTS


@pytest.mark.parametrize("applies", ["BOTH", "READ", "WRITE"])
async def test_nothing_becomes_what_may_not_be_written(applies: str, board: Board) -> None:
    await board.limit(applies=applies)
    others = {"Owner": board.bob.id}

    one = await board.change("updateRecord", "record { id }", id=board.tasks["a1"], fields=others)
    many = await update(board, ("a1", {"Points": 7}), ("a2", others))
    created = await board.change("createRecord", "record { id }", tableId=board.table.id, fields={"Name": "new"})
    batch = [{"Name": "new", "Owner": board.ann.id}, {"Name": "new", **others}]
    several = await board.change("createRecords", "records { id }", tableId=board.table.id, records=batch)

    refused = [one, many, created, several]
    assert [each.codes for each in refused] == [["FORBIDDEN"]] * 4
    assert [each.errors[0]["extensions"]["recordIndex"] for each in refused] == [0, 1, 0, 1]
    assert await points(board) == POINTS
    owners = [board.ann.id, board.bob.id, board.ann.id, None]
    assert await values(board.api, board.table, "Owner") == [each and str(each) for each in owners]


async def test_what_one_may_write_is_created(board: Board) -> None:
    await board.limit()

    given = {"Name": "a3", "Owner": board.ann.id}
    created = await board.change("createRecord", "record { fields }", tableId=board.table.id, fields=given)

    assert created.ok["createRecord"]["record"]["fields"]["Name"] == "a3"
    assert await board.names() == ["a1", "a2", "a3"]


async def test_a_revision_of_a_record_that_is_not_seen_tells_nothing(board: Board) -> None:
    await board.limit()
    given = {"id": board.tasks["b1"], "fields": {"Points": 7}}

    for revision in (1, 9):
        refused = await board.change("updateRecord", "record { id }", ifRevision=revision, **given)
        assert refused.codes == ["NOT_FOUND"]


async def test_an_upsert_creates_and_changes_what_may_be_written(board: Board) -> None:
    await board.limit()
    records = [{"Name": "a1", "Points": 7}, {"Name": "a3", "Owner": board.ann.id}]

    given = {"tableId": board.table.id, "mergeOn": ["Name"], "records": records}
    written = await board.change("upsertRecords", "records { fields }", **given)

    assert [each["fields"]["Points"] for each in written.ok["upsertRecords"]["records"]] == [7, None]
    assert await points(board) == [7, 10, 2, 100, None]


async def test_to_an_upsert_a_record_that_is_not_seen_is_not_there(board: Board) -> None:
    await board.limit()
    records = [{"Name": "a1", "Points": 7}, {"Name": "b1", "Owner": board.ann.id}]

    given = {"tableId": board.table.id, "mergeOn": ["Name"], "records": records}
    made = (await board.change("upsertRecords", "createdIds updatedIds", **given)).ok["upsertRecords"]

    assert made["updatedIds"] == [board.tasks["a1"]]
    [created] = made["createdIds"]
    assert created != board.tasks["b1"]
    assert await points(board) == [7, 10, 2, 100, None]


@pytest.mark.parametrize("guess", [10, 11])
async def test_an_upsert_tells_no_values_of_records_that_are_not_seen(guess: int, board: Board) -> None:
    await board.limit()

    records = [{"fields": {"Name": "b1", "Points": guess, "Owner": board.ann.id}}]
    upsert = {"tableId": board.table.id, "mergeOn": ["Name", "Points"], "records": records}
    tried = await board.change("transact", "results { updatedIds }", operations=[{"upsert": upsert}], dryRun=True)

    assert tried.ok["transact"] == {"results": [{"updatedIds": []}]}


async def test_an_upsert_of_a_unique_value_of_a_record_that_is_not_seen_is_refused(board: Board) -> None:
    constraint = {"fieldId": board.table.fields["Name"]}
    (await board.change("createUniqueConstraint", as_=board.owner, **constraint)).ok  # noqa: B018
    await board.limit()

    records = [{"Name": "a1", "Points": 7}, {"Name": "b1", "Owner": board.ann.id}]
    given = {"tableId": board.table.id, "mergeOn": ["Name"], "records": records}
    refused = await board.change("upsertRecords", "records { id }", **given)

    assert refused.codes == ["DUPLICATE_VALUE"]
    assert refused.errors[0]["extensions"]["recordIndex"] == 1
    assert board.tasks["b1"] not in str(refused.errors)
    assert await points(board) == POINTS


async def test_an_upsert_of_what_is_seen_but_not_to_be_written_is_forbidden(board: Board) -> None:
    await board.limit(MINE, applies="WRITE")

    mine = {"Owner": board.ann.id}
    given = {"tableId": board.table.id, "mergeOn": ["Name"]}

    for records in ([{"Name": "a3", **mine}, {"Name": "b1"}], [{"Name": "a1", "Points": 7}, {"Name": "a3"}]):
        refused = await board.change("upsertRecords", "records { id }", records=records, **given)
        assert (refused.codes, refused.errors[0]["extensions"]["recordIndex"]) == (["FORBIDDEN"], 1)
    assert await points(board) == POINTS


async def test_a_unique_value_of_a_record_that_is_not_seen_is_taken_and_no_more_is_told(board: Board) -> None:
    constraint = {"fieldId": board.table.fields["Name"]}
    (await board.change("createUniqueConstraint", as_=board.owner, **constraint)).ok  # noqa: B018
    await board.limit()

    theirs = await board.change("createRecord", tableId=board.table.id, fields={"Name": "b1", "Owner": board.ann.id})
    mine = await board.change("createRecord", tableId=board.table.id, fields={"Name": "a2", "Owner": board.ann.id})

    assert [each.codes for each in (theirs, mine)] == [["DUPLICATE_VALUE"]] * 2
    assert theirs.errors[0]["extensions"].get("existingRecordId") is None
    assert board.tasks["b1"] not in str(theirs.errors)
    assert mine.errors[0]["extensions"]["existingRecordId"] == board.tasks["a2"]


async def test_transact_writes_nothing_where_a_part_of_it_may_not_be_written(board: Board) -> None:
    await board.limit()
    mine = {"update": {"tableId": board.table.id, "records": [{"id": board.tasks["a1"], "fields": {"Points": 7}}]}}
    create = {"create": {"tableId": board.table.id, "records": [{"fields": {"Name": "x", "Owner": board.bob.id}}]}}
    theirs = {"delete": {"tableId": board.table.id, "ids": [board.tasks["b1"]]}}

    outside = await board.change("transact", operations=[mine, create])
    unseen = await board.change("transact", operations=[mine, theirs])

    assert (outside.codes, unseen.codes) == (["FORBIDDEN"], ["NOT_FOUND"])
    assert await points(board) == POINTS


async def test_a_file_writes_nothing_that_may_not_be_written(board: Board) -> None:
    await board.limit(WITH_TEXT)

    refused = await run_import(board.api, board.ann, "Name\na5\nb5\n", tableId=board.table.id)
    assert (refused.codes, refused.errors[0]["extensions"]["recordIndex"]) == (["FORBIDDEN"], 1)
    assert len(await points(board)) == 4

    assert (await run_import(board.api, board.ann, "Name\na5\na6\n", tableId=board.table.id)).codes == []
    assert await board.names() == ["a1", "a2", "a5", "a6"]


async def test_a_form_takes_what_it_asks_for_from_whom_policies_limit(board: Board) -> None:
    token = await publish(board.api, board.table, await make_form(board.api, board.table, ["Name"]))
    await board.limit()

    assert (await board.change("submitForm", "submitText", token=token, fields={"Name": "x"})).codes == []
    assert (await submit(board.api, token, {"Name": "y"})).codes == []
    assert await board.names() == ["a1", "a2"]
    assert await board.names(board.owner) == ["a1", "b1", "a2", "n1", "x", "y"]


async def test_a_retried_mutation_answers_anew_where_policies_have_come_since(board: Board) -> None:
    given = {"tableId": board.table.id, "records": [{"id": board.tasks["b1"], "fields": {"Points": 7}}]}
    first = await board.change("updateRecords", RECORDS, idempotencyKey="once", **given)
    await board.limit()

    again = await board.change("updateRecords", RECORDS, idempotencyKey="once", **given)

    assert (first.codes, again.codes) == ([], ["NOT_FOUND"])


async def test_a_retried_mutation_answers_anew_where_policies_say_something_else_by_now(board: Board) -> None:
    policy = await board.limit({"field": "Points", "operator": "GT", "value": 5})
    given = {"tableId": board.table.id, "records": [{"id": board.tasks["b1"], "fields": {"Done": True}}]}
    first = await board.change("updateRecords", RECORDS, idempotencyKey="once", **given)
    await board.change("updateRecordPolicy", as_=board.owner, id=policy, filter=MINE)

    again = await board.change("updateRecords", RECORDS, idempotencyKey="once", **given)

    assert (first.codes, again.codes) == ([], ["NOT_FOUND"])


async def test_whom_policies_limit_in_a_table_undoes_nothing_in_it(board: Board) -> None:
    changed = await board.change("updateRecord", "mutationId", id=board.tasks["b1"], fields={"Points": 7})
    mutation = changed.ok["updateRecord"]["mutationId"]
    await board.limit()

    assert (await board.change("undo", "updatedIds", mutationId=mutation)).codes == ["FORBIDDEN"]
    assert await points(board) == [1, 7, 2, 100]
