"""Creating, updating and deleting records: parse the batch, check what it refers to, write it with one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from adapters.database import Unit
from domain.bases.catalog import TableMeta
from domain.errors import BadRequest, ForeignKeyViolation, Problem
from domain.fields.storage import encode_rows
from domain.ids import new_ids
from domain.records import faults
from domain.records.selection import RecordMembers
from domain.records.values import References, Row, TableWriter, raise_problems
from domain.records.write import Operation, WriteShape, compile_write
from resolvers.context import RequestContext
from resolvers.records.answers import Written, answer_of

Selections = Sequence[RecordMembers]


@dataclass(frozen=True, slots=True)
class Patch:
    """Changes of one record; `if_revision` is the revision that the client has seen, or None."""

    id: UUID
    fields: object
    if_revision: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Where a batch of writes stands: the request, its connection, and the table as it is known now."""

    context: RequestContext
    unit: Unit
    table: TableMeta

    async def create(self, records: Sequence[object], selections: Selections, *, typecast: bool) -> Written:
        """Create records in the order given."""
        rows = self.writer(typecast).new_rows(records)
        await self._check_references(rows)
        ids = new_ids(self.table.number, len(rows))
        columns = self._columns_of(rows)
        for id, row in zip(ids, rows, strict=True):
            row["id"] = id
        return await self._write(WriteShape(Operation.CREATE, columns, tuple(selections)), rows, ids)

    async def update(self, patches: Sequence[Patch], selections: Selections, *, typecast: bool) -> Written:
        """Change records; all of them, or none."""
        _refuse_repeats([patch.id for patch in patches])
        ids = [str(patch.id) for patch in patches]
        rows = self.writer(typecast).patches([patch.fields for patch in patches], ids)
        await self._check_references(rows, ids)
        columns = self._columns_of(rows)
        is_uniform = all(len(row) == len(columns) for row in rows)
        for i, (patch, row) in enumerate(zip(patches, rows, strict=True)):
            if not is_uniform:
                row["set"] = list(row)
            row.update(id=patch.id, i=i, rev=patch.if_revision)
        shape = WriteShape(Operation.UPDATE, columns, tuple(selections), is_uniform)
        return await self._write(shape, rows, [patch.id for patch in patches])

    async def delete(self, ids: Sequence[UUID]) -> Written:
        """Delete records; all of them, or none. An id that is given twice is deleted once."""
        unique = list(dict.fromkeys(ids))
        rows: list[Row] = [{"id": id, "i": i} for i, id in enumerate(unique)]
        return await self._write(WriteShape(Operation.DELETE, ()), rows, unique)

    def writer(self, typecast: bool) -> TableWriter:
        """The parser of this table's records."""
        key = ("writer", typecast)
        return self.context.services.statements.get(self.table, key, lambda: TableWriter(self.table, typecast=typecast))

    def _columns_of(self, rows: Sequence[Row]) -> tuple[str, ...]:
        """Every column that a row sets, in the table's order, so that equal sets share one statement."""
        given = set().union(*rows)
        return tuple(field.column for field in self.table.fields if field.column in given)

    async def _check_references(self, rows: Sequence[Row], ids: Sequence[str] | None = None) -> None:
        """Users that records refer to must be members of the workspace: one statement for the whole batch."""
        references = References()
        references.collect(self.table, rows, ids)
        if not references.places:
            return
        known = await self.unit.connection.fetch(
            "SELECT user_id::text FROM workspace_members WHERE workspace_id = $1 AND user_id = ANY($2::uuid[])",
            self.table.workspace_id,
            list(references.places),
        )
        found = {row[0] for row in known}
        unknown = [place for id, place in references.places.items() if id not in found]
        if unknown:
            raise _foreign(unknown[0])

    async def _write(self, shape: WriteShape, rows: list[Row], ids: Sequence[UUID]) -> Written:
        statement = self.context.services.statements.get(self.table, shape, lambda: compile_write(shape, self.table))
        inputs = [self.context.user_id, self.context.mutation_id, encode_rows(rows)]
        row = await self.unit.connection.fetchrow(statement.sql, *statement.parameters.bind(inputs))
        return answer_of(row, self.table, ids)


def _foreign(place: Problem) -> ForeignKeyViolation:
    return ForeignKeyViolation(
        place.message, field=place.loc[0], value=place.value, recordIndex=place.record_index, recordId=place.record_id
    )


def _refuse_repeats(ids: Sequence[UUID]) -> None:
    """One record can be changed once in a batch: which change would win is nobody's guess."""
    first: dict[UUID, int] = {}
    problems = [
        Problem((), f"Record {id} stands in the batch twice.", faults.DUPLICATE_RECORD, i, str(id))
        for i, id in enumerate(ids)
        if first.setdefault(id, i) != i
    ]
    raise_problems(problems)


def check_size(context: RequestContext, count: int) -> None:
    """Refuse an empty batch, and one over the limit."""
    most = context.services.limits.max_batch_records
    if not 1 <= count <= most:
        raise BadRequest(f"A batch has from 1 to {most} records; this one has {count}.", argument="records")
