"""The history, the deleted records and their restoration tell nothing of when a record was not seen."""

from typing import Any

from tests.graph.data_permissions.board import MINE, Board

HISTORY = "record(id: $id) { history(first: 20) { nodes { type changedFields previous values } } }"
DELETED = "deletedRecords(tableId: $id) { totalCount nodes { record { fields } } }"


async def alter(board: Board, name: str, **fields: Any) -> None:  # it is what happens
    """Change a task as the owner."""
    (await board.change("updateRecord", as_=board.owner, id=board.tasks[name], fields=fields)).ok  # noqa: B018


async def delete(board: Board, *names: str) -> None:
    """Delete tasks as the owner."""
    ids = [board.tasks[name] for name in names]
    (await board.change("deleteRecords", as_=board.owner, tableId=board.table.id, ids=ids)).ok  # noqa: B018


async def deleted(board: Board) -> list[str]:
    """The names of the deleted tasks that ann sees."""
    found = (await board.ask(DELETED, id=board.table.id)).ok["deletedRecords"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["record"]["fields"]["Name"] for node in found["nodes"]]


async def test_a_history_leaves_out_changes_by_which_the_record_came_or_went(board: Board) -> None:
    await board.limit()
    await alter(board, "a1", Points=5)
    await alter(board, "a1", Owner=board.bob.id, Name="secret")
    await alter(board, "a1", Points=6)
    await alter(board, "a1", Owner=board.ann.id, Name="a1")
    await alter(board, "a1", Points=7)

    found = (await board.ask(HISTORY, id=board.tasks["a1"])).ok["record"]["history"]

    assert [each["type"] for each in found["nodes"]] == ["UPDATED", "UPDATED", "CREATED"]
    assert [each["values"]["Points"] for each in found["nodes"]] == [7, 5, 1]
    assert [each["previous"] for each in found["nodes"]] == [{"Points": 6}, {"Points": 1}, None]
    assert "secret" not in str(found)
    whole = (await board.ask(HISTORY, as_=board.owner, id=board.tasks["a1"])).ok["record"]["history"]
    assert len(whole["nodes"]) == 6


async def test_deleted_records_are_those_that_were_seen(board: Board) -> None:
    await board.limit()
    await alter(board, "a2", Owner=board.bob.id)
    await delete(board, "a1", "b1", "a2", "n1")

    assert await deleted(board) == ["a1"]


async def test_a_record_that_was_not_seen_is_not_there_to_be_restored(board: Board) -> None:
    await board.limit()
    await delete(board, "a1", "b1")
    a1, b1 = board.tasks["a1"], board.tasks["b1"]

    refused = await board.change("restoreRecords", "records { id }", tableId=board.table.id, ids=[a1, b1])
    assert refused.codes == ["NOT_FOUND"]
    assert await board.names(board.owner) == ["a2", "n1"]

    restored = await board.change("restoreRecords", "records { fields }", tableId=board.table.id, ids=[a1])
    assert restored.ok["restoreRecords"]["records"][0]["fields"]["Name"] == "a1"
    assert await board.names(board.owner) == ["a1", "a2", "n1"]


async def test_one_that_is_there_but_not_seen_is_not_restored_either(board: Board) -> None:
    await board.limit()

    given = {"tableId": board.table.id, "ids": [board.tasks["b1"]]}

    assert (await board.change("restoreRecords", "records { id }", **given)).codes == ["NOT_FOUND"]


async def test_a_record_that_was_seen_but_not_to_be_written_is_not_restored(board: Board) -> None:
    await board.limit(MINE, applies="WRITE")
    await delete(board, "b1")

    given = {"tableId": board.table.id, "ids": [board.tasks["b1"]]}

    assert (await board.change("restoreRecords", "records { id }", **given)).codes == ["FORBIDDEN"]
    assert await board.names(board.owner) == ["a1", "a2", "n1"]
