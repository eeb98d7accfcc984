"""Creating, updating and deleting records: parse the batch, check what it refers to, write it with one statement."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic
from uuid import UUID

from adapters.database import Unit
from domain.bases.catalog import TableMeta
from domain.errors import BadRequest, Problem
from domain.fields.storage import encode_rows
from domain.ids import new_ids
from domain.records import faults
from domain.records.selection import RecordMembers
from domain.records.values import Row, TableWriter, mentioned_users, raise_problems, strangers
from domain.records.write import Operation, WriteShape, compile_write
from resolvers.context import RequestContext
from resolvers.records.answers import Written, answer_of
from resolvers.records.oversize import refusing_oversize
from resolvers.records.tables import Missing

Selections = Sequence[RecordMembers]

TURN_SECONDS = 0.01
"""How long parsing may keep the event loop to itself."""


@dataclass(frozen=True, slots=True)
class Patch:
    """Changes of one record; `if_revision` is the revision that the client has seen, or None."""

    id: UUID
    fields: object
    if_revision: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Where a batch of writes stands: the request, its connection, and the table as it is known now.

    `missing` is the error for a caller who may not see the table.
    """

    context: RequestContext
    user_id: UUID
    unit: Unit
    table: TableMeta
    missing: Missing

    async def create(self, records: Sequence[object], selections: Selections, *, typecast: bool) -> Written:
        """Create records in the order given."""
        problems: list[Problem] = []
        rows = await in_turns(self.writer(typecast).new_rows(records, problems))
        await self.require_sound(rows, problems)
        return await self.insert(rows, selections)

    async def update(self, patches: Sequence[Patch], selections: Selections, *, typecast: bool) -> Written:
        """Change records; all of them, or none."""
        problems = _repeats([patch.id for patch in patches])
        ids = [str(patch.id) for patch in patches]
        rows = await in_turns(self.writer(typecast).patches([patch.fields for patch in patches], problems, ids))
        await self.require_sound(rows, problems, ids)
        return await self.change([(patch.id, patch.if_revision) for patch in patches], rows, selections)

    async def delete(self, ids: Sequence[UUID]) -> Written:
        """Delete records; all of them, or none. An id that is given twice is deleted once."""
        unique = list(dict.fromkeys(ids))
        rows: list[Row] = [{"id": id, "i": i} for i, id in enumerate(unique)]
        return await self._write(WriteShape(Operation.DELETE, ()), rows, unique)

    async def insert(self, rows: Sequence[Row], selections: Selections) -> Written:
        """Create records from sound rows."""
        ids = new_ids(self.table.number, len(rows))
        columns = self._columns_of(rows)
        for id, row in zip(ids, rows, strict=True):
            row["id"] = id
        return await self._write(
            WriteShape(Operation.CREATE, columns, tuple(selections), is_single=len(rows) == 1), rows, ids
        )

    async def change(
        self, versions: Sequence[tuple[UUID, int | None]], rows: Sequence[Row], selections: Selections
    ) -> Written:
        """Change the records with these ids, at these revisions where they are given, by sound rows."""
        columns = self._columns_of(rows)
        is_uniform = all(len(row) == len(columns) for row in rows)
        for i, ((id, revision), row) in enumerate(zip(versions, rows, strict=True)):
            if not is_uniform:
                row["set"] = list(row)
            row.update(id=id, i=i, rev=revision)
        shape = WriteShape(Operation.UPDATE, columns, tuple(selections), is_uniform, is_single=len(rows) == 1)
        return await self._write(shape, rows, [id for id, _ in versions])

    def writer(self, typecast: bool) -> TableWriter:
        """The parser of this table's records."""
        table = self.table
        made = self.context.statements_of(table)
        return made.get(table, ("writer", typecast), lambda: TableWriter(table, typecast=typecast))

    async def require_sound(
        self, rows: Sequence[Row], problems: Sequence[Problem], ids: Sequence[str] | None = None
    ) -> None:
        """Raise the problems, and with them those of users who are not members: one statement for the whole batch."""
        users = mentioned_users(self.table, rows)
        unknown: list[Problem] = []
        if users:
            members = await self.unit.connection.fetch(_MEMBERS, self.table.workspace_id, list(users))
            unknown = strangers(self.table, rows, {row[0] for row in members}, ids)
        raise_problems([*problems, *unknown])

    def _columns_of(self, rows: Sequence[Row]) -> tuple[str, ...]:
        """Every column that a row sets, in the table's order, so that equal sets share one statement."""
        given = set().union(*rows)
        return tuple(field.column for field in self.table.fields if field.column in given)

    async def _write(self, shape: WriteShape, rows: Sequence[Row], ids: Sequence[UUID]) -> Written:
        table = self.table
        statement = self.context.statements_of(table).get(table, shape, lambda: compile_write(shape, table))
        inputs = [self.user_id, self.context.mutation_id, encode_rows(list(rows))]
        with refusing_oversize(table, rows):
            row = await self.unit.connection.fetchrow(statement.sql, *statement.parameters.bind(inputs))
        written = answer_of(row, table, ids, self.missing)
        self.unit.after_commit(partial(self.context.services.bus.publish, table.id))
        return written


_MEMBERS = "SELECT user_id FROM workspace_members WHERE workspace_id = $1 AND user_id = ANY($2::uuid[])"


async def in_turns(rows: Iterable[Row]) -> list[Row]:
    """All rows, parsed a few at a time: other requests get their turn every few milliseconds."""
    parsed: list[Row] = []
    turn_ends = monotonic() + TURN_SECONDS
    for row in rows:
        parsed.append(row)
        if monotonic() > turn_ends:
            await asyncio.sleep(0)
            turn_ends = monotonic() + TURN_SECONDS
    return parsed


def _repeats(ids: Sequence[UUID]) -> list[Problem]:
    """One record can be changed once in a batch: which change would win is nobody's guess."""
    first: dict[UUID, int] = {}
    return [
        Problem((), f"Record {id} stands in the batch twice.", faults.DUPLICATE_RECORD, i, str(id))
        for i, id in enumerate(ids)
        if first.setdefault(id, i) != i
    ]


def check_size(context: RequestContext, count: int, argument: str = "records") -> None:
    """Refuse an empty batch, and one over the limit."""
    most = context.services.limits.max_batch_records
    if not 1 <= count <= most:
        raise BadRequest(f"A batch has from 1 to {most:,} records; this one has {count:,}.", argument=argument)
