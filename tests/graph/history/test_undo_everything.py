"""Whatever was done is undone, the last first, and done again: what the table holds is each time what it held."""

from typing import Any, TypeAlias

import asyncpg
from hypothesis import HealthCheck, given, settings

from tests.graph.history.conftest import Trash
from tests.graph.records.test_log_replay import Step, do, rows_of, steps
from tests.support.records import Records

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
STAMPS = ("revision", "updated_at", "updated_by")


async def held(pg: Connection, name: str) -> dict[str, dict[str, Any]]:
    """Each record's row by its id, without what every change changes."""
    rows = await rows_of(pg, name)
    return {id: {key: value for key, value in row.items() if key not in STAMPS} for id, row in rows.items()}


@given(steps=steps)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
async def test_all_is_undone_and_done_again(records: Records, trash: Trash, pg: Connection, steps: list[Step]) -> None:
    name = await pg.fetchval(
        "SELECT format('base_%s.t_%s', b.number, t.number) FROM tables t JOIN bases b ON b.id = t.base_id"
    )
    since = await pg.fetchval("SELECT coalesce(max(seq), 0) FROM changes")
    before = await held(pg, name)
    for step in steps:
        await do(records, step)
    after = await held(pg, name)
    done = "SELECT mutation_id::text FROM changes WHERE seq > $1 GROUP BY 1 ORDER BY min(seq)"
    mutations = [row[0] for row in await pg.fetch(done, since)]

    undoings = [(await trash.undo(mutation)).ok["undo"]["mutationId"] for mutation in reversed(mutations)]
    assert await held(pg, name) == before
    for undoing in reversed(undoings):
        assert (await trash.undo(undoing)).ok
    assert await held(pg, name) == after
