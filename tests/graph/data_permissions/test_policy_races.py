"""Writes that meet others: what counts is the record as it is when it is written, and the policies of that time."""

import asyncio

from adapters.database import Connection
from tests.graph.data_permissions.board import MINE, Board
from tests.support.catalog import values


async def sql_table(pg: Connection, board: Board) -> str:
    """The PostgreSQL table of the tasks."""
    numbers = "SELECT b.number, t.number FROM tables t JOIN bases b ON b.id = t.base_id WHERE t.id = $1"
    base, table = await pg.fetchrow(numbers, board.table.id)
    return f"base_{base}.t_{table}"


async def column(pg: Connection, board: Board, field: str) -> str:
    """The column of a field."""
    return f"f_{await pg.fetchval('SELECT number FROM fields WHERE id = $1', board.table.fields[field])}"


async def test_a_record_that_goes_out_of_sight_while_a_write_waits_for_it_is_not_written(
    board: Board, pg: Connection
) -> None:
    await board.limit()
    table, owner = await sql_table(pg, board), await column(pg, board, "Owner")
    transaction = pg.transaction()
    await transaction.start()
    await pg.execute(f"UPDATE {table} SET {owner} = $1 WHERE id = $2", board.bob.id, board.tasks["a1"])

    change = asyncio.create_task(board.change("updateRecord", id=board.tasks["a1"], fields={"Points": 7}))
    await asyncio.sleep(0.3)
    assert not change.done()
    await transaction.commit()

    assert (await change).codes == ["NOT_FOUND"]
    assert await values(board.api, board.table, "Points") == [1, 10, 2, 100]


async def test_a_record_that_becomes_somebody_elses_while_a_write_waits_for_it_is_not_written(
    board: Board, pg: Connection
) -> None:
    await board.limit(MINE, applies="WRITE")
    table, owner = await sql_table(pg, board), await column(pg, board, "Owner")
    transaction = pg.transaction()
    await transaction.start()
    await pg.execute(f"UPDATE {table} SET {owner} = $1 WHERE id = $2", board.bob.id, board.tasks["a1"])

    given = {"tableId": board.table.id, "ids": [board.tasks["a1"], board.tasks["a2"]]}
    change = asyncio.create_task(board.change("deleteRecords", "deletedIds", **given))
    await asyncio.sleep(0.3)
    assert not change.done()
    await transaction.commit()

    assert (await change).codes == ["FORBIDDEN"]
    assert await values(board.api, board.table, "Points") == [1, 10, 2, 100]


async def test_a_policy_that_comes_while_others_write_holds_from_then_on(board: Board) -> None:
    given = {"id": board.tasks["b1"], "fields": {"Points": 7}}

    changes = [board.change("updateRecord", **given) for _ in range(8)]
    results = await asyncio.gather(*changes[:4], board.policy(), *changes[4:])

    codes = [result.codes for n, result in enumerate(results) if n != 4]
    assert all(each in ([], ["NOT_FOUND"]) for each in codes)
    assert (await board.change("updateRecord", **given)).codes == ["NOT_FOUND"]
