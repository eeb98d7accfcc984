"""The history of records that were read already, of many at once; and the deleted records of a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from adapters.database import Unit
from domain.access.roles import Action, WorkspaceRole
from domain.bases.catalog import TableMeta
from domain.changes.history import compile_histories
from domain.changes.trash import TrashMembers, TrashShape, compile_trash
from domain.records.compile import Statement
from domain.records.stored import decode
from resolvers.access import require
from resolvers.context import RequestContext
from resolvers.loader import Loader
from resolvers.records.reading import Found
from resolvers.records.tables import Missing, Stale, no_table, with_table


@dataclass(frozen=True, slots=True)
class HistoryKey:
    """A page of the history of a record: its size, and the place that it starts behind (None: the newest change)."""

    table_id: UUID
    record_id: UUID
    size: int
    place: int | None


class HistoryLoader(Loader[HistoryKey, Mapping[str, Any]]):
    """The decoded JSON of `WHOLE_HISTORY` for records; one statement for all of a table."""

    async def fetch(self, unit: Unit, keys: list[HistoryKey]) -> Mapping[HistoryKey, Mapping[str, Any]]:
        """See `Loader.fetch`."""
        found: dict[HistoryKey, Mapping[str, Any]] = {}
        for table_id in dict.fromkeys(key.table_id for key in keys):
            asked = [key for key in keys if key.table_id == table_id]
            found |= zip(asked, await self._of_table(unit, table_id, asked), strict=True)
        return found

    async def _of_table(self, unit: Unit, table_id: UUID, keys: Sequence[HistoryKey]) -> Sequence[Mapping[str, Any]]:
        inputs = [[key.record_id for key in keys], [key.size for key in keys], [key.place for key in keys]]

        async def work(table: TableMeta) -> Sequence[Mapping[str, Any]]:
            statement = self.context.statements_of(table).get(table, "histories", lambda: compile_histories(table))
            found = await _read(self.context, unit, table, statement, inputs, lambda: no_table(table_id))
            pages: Sequence[Mapping[str, Any]] = decode(found.json, orjson.Fragment)
            return pages

        return await with_table(self.context, unit, table_id, work, Action.READ)


async def read_trash(
    context: RequestContext, table_id: UUID, size: int, place: int | None, members: TrashMembers
) -> Found:
    """A page of the deleted records of a table that can be restored, the last deleted first."""
    _ = context.user_id
    shape = TrashShape(members)
    inputs = [context.services.limits.trash_retention, size, place]
    async with context.unit() as unit:

        async def work(table: TableMeta) -> Found:
            statement = context.statements_of(table).get(table, shape, lambda: compile_trash(shape, table))
            return await _read(context, unit, table, statement, inputs, lambda: no_table(table_id))

        return await with_table(context, unit, table_id, work, Action.READ)


async def _read(
    context: RequestContext,
    unit: Unit,
    table: TableMeta,
    statement: Statement,
    inputs: Sequence[object],
    missing: Missing,
) -> Found:
    row = await unit.connection.fetchrow(statement.sql, *statement.parameters.bind([context.user_id, *inputs]))
    if row is None:
        raise missing()
    version, role, json = row
    if version != table.schema_version:
        raise Stale
    require(WorkspaceRole(role), Action.READ)
    return Found(json, table)
