"""What a table held, and the log of its changes since, make what it holds now; whatever was done in between."""

from typing import Any, TypeAlias

import asyncpg
import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.api import Result
from tests.support.records import Records

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Step = dict[str, Any]

VALUES = {
    "Name": st.sampled_from(["a", "b", "c"]),
    "Price": st.sampled_from([1, 1.5, -2]),
    "Ready": st.booleans(),
    "Day": st.sampled_from(["2026-01-01", "2026-01-02"]),
    "At": st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5+01:00"]),
    "Status": st.sampled_from(["Open", "Done"]),
}
fields = st.fixed_dictionaries({}, optional={name: st.none() | values for name, values in VALUES.items()})
named = st.builds(lambda name, rest: {**rest, "Name": name}, VALUES["Name"], fields)
places = st.integers(0, 5)
steps = st.lists(
    st.one_of(
        st.fixed_dictionaries({"create": st.lists(fields, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"update": st.dictionaries(places, fields, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"upsert": st.lists(named, min_size=1, max_size=3, unique_by=lambda row: row["Name"])}),
        st.fixed_dictionaries({"delete": st.lists(places, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"fail": fields}),
    ),
    min_size=1,
    max_size=12,
)


async def do(records: Records, step: Step) -> Result:
    """One step; places are those of the records that are there now."""
    [(kind, given)] = step.items()
    if kind == "create":
        return await records.create_all(given)
    if kind == "upsert":
        return await records.upsert(["Name"], given)
    if kind == "fail":
        return await records.create_all([given, {"Price": "bad"}])
    nodes = (await records.page(first=6, selection="nodes { id }")).ok["records"]["nodes"]
    ids = [node["id"] for node in nodes]
    if kind == "delete":
        return await records.delete([ids[place] for place in given if place < len(ids)] or ["nothing"])
    return await records.update_all(
        [{"id": ids[place], "fields": values} for place, values in given.items() if place < len(ids)]
    )


async def rows_of(pg: Connection, name: str) -> dict[str, dict[str, Any]]:
    """Each record's row by its id, as the log writes it."""
    rows = await pg.fetch(f"SELECT id::text, to_jsonb(r) AS row FROM {name} r")
    return {row["id"]: orjson.loads(row["row"]) for row in rows}


@given(steps=steps)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
async def test_the_log_makes_the_table(records: Records, pg: Connection, steps: list[Step]) -> None:
    name = await pg.fetchval(
        "SELECT format('base_%s.t_%s', b.number, t.number) FROM tables t JOIN bases b ON b.id = t.base_id"
    )
    state = await rows_of(pg, name)
    since = await pg.fetchval("SELECT coalesce(max(seq), 0) FROM changes")

    for step in steps:
        assert set((await do(records, step)).codes) <= {"VALIDATION_ERROR", "CONFLICT", "BAD_REQUEST"}

    for row in await pg.fetch("SELECT * FROM changes WHERE seq > $1 ORDER BY seq", since):
        replay(state, row)
    assert state == await rows_of(pg, name)


def replay(state: dict[str, dict[str, Any]], row: Any) -> None:
    """Apply one row of the log; what it says of the values before must be so."""
    id = str(row["record_id"])
    before, after = (None if row[side] is None else orjson.loads(row[side]) for side in ("before", "after"))
    if row["operation"] == "C":
        assert id not in state
        state[id] = after
    elif row["operation"] == "D":
        assert state.pop(id) == before
    else:
        assert all(before[column] != after[column] for column in before if column.startswith("f_"))
        assert {**after, **before} == state[id]
        state[id] = after
