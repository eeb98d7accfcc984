"""A script that goes on behind what policies have refused has written nothing of that."""

import asyncpg
import pytest

from tests.graph.automations.actions.test_run_script import LANGUAGES, script
from tests.graph.data_permissions.board import MINE, Board
from tests.support.automations import run_actions
from tests.support.catalog import values
from tests.support.tables import make_table

WRITES = {
    "PYTHON": """
async def tried(work):
    try:
        await work
    except RuntimeError as error:
        return str(error)[:9]
output = [
    await tried(records.create(table=inputs['table'], fields={'Name': 'new'})),
    await tried(records.update(id=inputs['mine'], fields={'Owner': None})),
    (await records.update(id=inputs['mine'], fields={'Points': 7}))['Points'],
]
""",
    "JAVASCRIPT": """
const tried = async (work) => { try { await work; } catch (error) { return error.message.slice(0, 9); } };
output = [
  await tried(records.create({table: inputs.table, fields: {Name: 'new'}})),
  await tried(records.update({id: inputs.mine, fields: {Owner: null}})),
  (await records.update({id: inputs.mine, fields: {Points: 7}})).Points,
];
""",
}


@LANGUAGES
@pytest.mark.parametrize("applies", ["WRITE", "BOTH"])
async def test_what_was_refused_is_not_written(
    board: Board, pg: asyncpg.Connection, applies: str, language: str
) -> None:
    await board.limit(MINE, applies=applies)
    anns = await make_table(board.api, [{"name": "Name", "type": "TEXT"}], owner=board.ann)
    inputs = {"table": str(board.table.id), "mine": board.tasks["a1"]}

    ended = await run_actions(board.api, pg, anns, [script(language, WRITES[language], inputs)])

    assert (ended.status, ended.error) == ("SUCCEEDED", None)
    assert ended.outputs["1"]["output"] == ["FORBIDDEN", "FORBIDDEN", 7]
    assert await values(board.api, board.table, "Name") == ["a1", "b1", "a2", "n1"]
    assert await values(board.api, board.table, "Points") == [7, 10, 2, 100]
    assert None not in (await values(board.api, board.table, "Owner"))[:1]
