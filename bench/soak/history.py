"""The log as the soak finds it at the end: for each record its changes in order, by which the readers are measured."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from bench.soak.world import Table

TYPES = {"C": "CREATED", "U": "UPDATED", "D": "DELETED"}
_ROWS = """
SELECT seq, xid::text, record_id::text, operation, before::text, after::text, actor_id::text, mutation_id::text
  FROM changes WHERE table_id = $1 AND record_id IS NOT NULL ORDER BY seq
"""
_SEEN = "SELECT seq FROM changes WHERE table_id = $1 AND pg_visible_in_snapshot(xid, $2::text::pg_snapshot)"


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the log, its values by the names of their fields."""

    seq: int
    xid: str
    record_id: str
    type: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    actor_id: str | None
    mutation_id: str

    @property
    def changed_fields(self) -> frozenset[str]:
        """Names of the fields whose values differ; of an update, the values before are those of just these fields."""
        names = self.before if self.type == "UPDATED" else {*self.before, *self.after}
        return frozenset(name for name in names if self.before.get(name) != self.after.get(name))


History = Mapping[str, Sequence[Change]]


async def history_of(database: "asyncpg.Pool[asyncpg.Record]", table: Table) -> History:
    """The changes of a table's records."""
    history: dict[str, list[Change]] = defaultdict(list)
    for seq, xid, id, operation, before, after, actor, mutation in await database.fetch(_ROWS, table.id):
        old, new = (table.named(orjson.loads(text or "{}")) for text in (before, after))
        history[id].append(Change(seq, xid, id, TYPES[operation], old, new, actor, mutation))
    return history


async def seen_by(database: "asyncpg.Pool[asyncpg.Record]", table: Table, snapshot: str) -> frozenset[int]:
    """Numbers of the table's changes that a snapshot sees."""
    return frozenset(row[0] for row in await database.fetch(_SEEN, table.id, snapshot))


def broken_chains(history: History) -> list[str]:
    """Records whose changes do not follow from each other: created once, each change from the values before it."""
    problems = []
    for id, changes in history.items():
        values: dict[str, Any] = {}
        for number, change in enumerate(changes):
            fits = all(values.get(name) == value for name, value in change.before.items())
            if (change.type == "CREATED") != (number == 0) or not fits:
                problems.append(f"the log of record {id} is broken at {change}, which follows {values}")
            values = {**values, **dict.fromkeys(change.before), **change.after}
    return problems
