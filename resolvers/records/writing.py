"""Creating, updating and deleting records: parse the batch, check what it refers to, write it with one statement."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Final
from uuid import UUID

import asyncpg
import orjson

from adapters.database import Unit
from domain.access.roles import Action
from domain.bases.catalog import TableMeta
from domain.errors import BadRequest, DuplicateValue, Problem, RequiredField
from domain.extensions.writes import WriteKind
from domain.fields.storage import encode_rows
from domain.ids import new_ids
from domain.records import faults
from domain.records.choices import MissingChoices, set_missing_apart
from domain.records.compile import Statement
from domain.records.linking import lock_records, shows_relations
from domain.records.parking import exchanged_columns, gives_up, park_values
from domain.records.restore import RestoreShape, compile_restore
from domain.records.selection import RecordMembers
from domain.records.values import MAX_PROBLEMS, Row, TableWriter, mentioned_users, raise_problems, strangers
from domain.records.write import Operation, WriteShape, compile_write
from resolvers.context import RequestContext
from resolvers.records.answers import Refused, Written, answer_of
from resolvers.records.hooks import hooked
from resolvers.records.linking import has_links, refusing_taken, settle_links
from resolvers.records.oversize import refusing_oversize
from resolvers.records.reading import read_list
from resolvers.records.tables import Missing, require_current
from resolvers.records.uniqueness import refusing_duplicates, savepoint
from resolvers.turns import in_turns

Selections = Sequence[RecordMembers]

_NOTHING: Final = nullcontext()


@dataclass(frozen=True, slots=True)
class Patch:
    """Changes of one record; `if_revision` is the revision that the client has seen, or None."""

    id: UUID
    fields: object
    if_revision: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Where a batch of writes stands: the request, its connection, and the table as it is known now.

    `missing` is the error for a caller who may not see the table. A batch that comes through a published form is
    nobody's, and `form_id` is the id of its view.
    """

    context: RequestContext
    user_id: UUID | None
    unit: Unit
    table: TableMeta
    missing: Missing
    form_id: UUID | None = None
    hidden_columns: frozenset[str] = frozenset()
    """Of the fields that the caller may not see, where the table has them all the same."""
    fixed_columns: frozenset[str] = frozenset()
    """Of those that the caller may see, but not write, where the table does not say so."""
    makes_choices: bool = False
    """Whether choices that values name and their fields lack are to be made, see `making_choices`."""

    async def create(self, records: Sequence[object], selections: Selections, *, typecast: bool) -> Written:
        """Create records in the order given."""
        problems: list[Problem] = []
        rows = await in_turns(self.writer(typecast).new_rows(records, problems))
        await self.want_choices(problems)
        async with self.together(rows, selections):
            await self.require_sound(rows, problems)
            return await self.insert(rows, selections)

    async def update(self, patches: Sequence[Patch], selections: Selections, *, typecast: bool) -> Written:
        """Change records; all of them, or none."""
        problems = _repeats([patch.id for patch in patches])
        ids = [str(patch.id) for patch in patches]
        rows = await in_turns(self.writer(typecast).patches([patch.fields for patch in patches], problems, ids))
        await self.want_choices(problems)
        async with self.together(rows, selections):
            await self.require_sound(rows, problems, ids)
            return await self.change([(patch.id, patch.if_revision) for patch in patches], rows, selections)

    async def delete(self, ids: Sequence[UUID]) -> Written:
        """Delete records; all of them, or none. An id that is given twice is deleted once."""
        unique = list(dict.fromkeys(ids))
        rows: list[Row] = [{"id": id, "i": i} for i, id in enumerate(unique)]
        async with hooked(self, WriteKind.DELETE, unique, rows):
            return await self._delete(rows, unique)

    async def _delete(self, rows: Sequence[Row], unique: Sequence[UUID]) -> Written:
        if not self.table.whole.link_fields:
            return await self._write(WriteShape(Operation.DELETE, ()), rows, unique)
        async with self.transaction():
            # First, in a statement of its own: a link that is made until then must be in the image of the record.
            await self.unit.connection.execute(lock_records(self.table, for_update=True), unique)
            return await self._write(WriteShape(Operation.DELETE, ()), rows, unique)

    async def insert(
        self,
        rows: Sequence[Row],
        selections: Selections,
        ids: Sequence[UUID] | None = None,
        *,
        is_awaited: bool = False,
    ) -> Written:
        """Create records from sound rows; with these ids, in ascending order, where some may be linked to already."""
        ids = new_ids(self.table.number, len(rows)) if ids is None else ids
        async with hooked(self, WriteKind.CREATE, ids, rows, may_link=not is_awaited):
            columns = self._columns_of(rows)
            for id, row in zip(ids, rows, strict=True):
                row["id"] = id
            shape = WriteShape(
                Operation.CREATE,
                columns,
                tuple(selections),
                is_single=len(rows) == 1,
                is_awaited=is_awaited,
                by_form=self.form_id is not None,
            )
            return await self._write(shape, rows, ids)

    async def change(
        self, versions: Sequence[tuple[UUID, int | None]], rows: Sequence[Row], selections: Selections
    ) -> Written:
        """Change the records with these ids, at these revisions where they are given, by sound rows."""
        ids = [id for id, _ in versions]
        async with hooked(self, WriteKind.UPDATE, ids, rows):
            columns = self._columns_of(rows)
            is_uniform = all(len(row) == len(columns) for row in rows)
            for i, ((id, revision), row) in enumerate(zip(versions, rows, strict=True)):
                if not is_uniform:
                    row["set"] = list(row)
                row.update(id=id, i=i, rev=revision)
            shape = WriteShape(Operation.UPDATE, columns, tuple(selections), is_uniform, is_single=len(rows) == 1)
            return await self._write(shape, rows, ids)

    def writer(self, typecast: bool) -> TableWriter:
        """The parser of this table's records."""
        table = self.table
        made = self.context.statements_of(table)
        return made.get(table, ("writer", typecast), lambda: TableWriter(table, typecast=typecast))

    async def want_choices(self, problems: list[Problem]) -> None:
        """Raise `MissingChoices` where nothing is wrong but that choices are missing, and they are to be made.

        Where more is wrong, that alone stays among the problems: nothing is made for a batch that is refused anyway.
        """
        if problems and self.makes_choices:
            missing = set_missing_apart(self.table, problems)
            if missing and not problems:
                await require_current(self.context, self.unit, self.table, Action.WRITE_RECORDS, self.missing)
                raise MissingChoices(missing)

    async def require_sound(
        self, rows: Sequence[Row], problems: Sequence[Problem], ids: Sequence[str] | None = None
    ) -> None:
        """Raise the problems, and those of users who are not members and of linked records that are not there.

        One statement for the whole batch finds the users, a few the records; `ids` are those of existing records.
        """
        unknown = await self.find_strangers(rows, ids)
        own = [UUID(id) for id in ids or ()]
        unknown += await settle_links(self.unit, self.table, rows, own, ids)
        raise_problems([*problems, *unknown])

    async def find_strangers(self, rows: Sequence[Row], ids: Sequence[str] | None = None) -> list[Problem]:
        """A problem for each user in the rows who is not a member of the workspace."""
        users = mentioned_users(self.table, rows)
        if not users:
            return []
        members = await self.unit.connection.fetch(_MEMBERS, self.table.workspace_id, list(users))
        return strangers(self.table, rows, {row[0] for row in members}, ids)

    def together(self, rows: Sequence[Row], selections: Selections) -> AbstractAsyncContextManager[object]:
        """A transaction for a write of several statements: of one with links, or one that shows values of others."""
        table = self.table
        if has_links(table, rows) or any(shows_relations(each, table) for each in selections):
            return self.transaction()
        return _NOTHING

    def transaction(self) -> AbstractAsyncContextManager[object]:
        """The transaction that is under way, or one for the block."""
        connection = self.unit.connection
        return _NOTHING if connection.is_in_transaction() else connection.transaction()

    def _checked(self) -> AbstractAsyncContextManager[object]:
        """A transaction where policies may yet refuse what was written."""
        return _NOTHING if self.table.rule is None else self.transaction()

    def _columns_of(self, rows: Sequence[Row]) -> tuple[str, ...]:
        """Every column that a row sets, in the table's order, so that equal sets share one statement."""
        given = set().union(*rows)
        return tuple(field.column for field in self.table.whole.fields if field.column in given)

    async def set_back(self, columns: Sequence[str], rows: str, ids: Sequence[UUID]) -> Written:
        """Change records by rows of an update that is not uniform, as JSON text: stored values, as the log has them."""
        shape = WriteShape(Operation.UPDATE, tuple(columns), is_uniform=False, is_single=len(ids) == 1)
        async with hooked(self, WriteKind.UPDATE, ids, rows, gives_back=True):
            return await self._write(shape, (), ids, text=rows)

    async def restore(self, images: str, ids: Sequence[UUID], *, is_awaited: bool = False) -> Written:
        """Bring deleted records back; `images` is a JSON array of their rows as the log has them, in the ids' order.

        Links of images that are awaited may lead to records that come back later in the transaction.
        """
        async with hooked(self, WriteKind.CREATE, ids, images, gives_back=True):
            return await self._write(RestoreShape(is_awaited=is_awaited), (), ids, text=images)

    async def _write(
        self, shape: WriteShape | RestoreShape, rows: Sequence[Row], ids: Sequence[UUID], *, text: str | None = None
    ) -> Written:
        """Write rows; `text` is their JSON where it is at hand."""
        table = self.table
        later = shape.selections if any(shows_relations(each, table) for each in shape.selections) else ()
        if later:
            shape = replace(shape, selections=())
        statement = self.context.statements_of(table).get(table, shape, lambda: _compile(shape, table))
        encoded = encode_rows(list(rows)) if text is None else text
        async with self._checked():
            try:
                row = await self._run(statement, encoded, rows)
            except DuplicateValue as refused:
                row = await self._exchange(shape, encoded, rows, ids, refused)
            written = answer_of(row, table, ids, self.missing, self.context.mutation_id, self._refused(shape))
        self.unit.after_commit(partial(self.context.services.bus.publish, table.id))
        if not later:
            return written
        rendered = [
            await read_list(self.context, self.unit, table, ids, selection, self.form_id) for selection in later
        ]
        return replace(written, rendered=rendered)

    async def _run(
        self, statement: Statement, encoded: str, rows: Sequence[Row], parked: str | None = None
    ) -> asyncpg.Record | None:
        """What the statement that writes rows answers; raises what PostgreSQL's refusal of their values means."""
        inputs = [self.user_id, self.context.mutation_id, encoded, self.form_id, parked]
        try:
            async with savepoint(self.unit, self.table):
                return await self.unit.connection.fetchrow(statement.sql, *statement.parameters.bind(inputs))
        except asyncpg.PostgresError:  # only now, for each of these costs a write as much as a tenth of its statement
            with refusing_oversize(self.table, rows), refusing_taken(self.table, rows, self.hidden_columns):
                async with refusing_duplicates(self.unit, self.table, encoded, hidden=self.hidden_columns):
                    raise

    async def _exchange(
        self,
        shape: WriteShape | RestoreShape,
        encoded: str,
        rows: Sequence[Row],
        ids: Sequence[UUID],
        refused: DuplicateValue,
    ) -> asyncpg.Record | None:
        """The update again, where what it was refused for is a value that another of its records gives up.

        All unique values that it sets are put aside for it. Raises what it was refused for where there is no such.
        """
        table = self.table
        parked = exchanged_columns(shape, table) if isinstance(shape, WriteShape) else ()
        if not (isinstance(shape, WriteShape) and parked and _is_given_up(refused, table, encoded)):
            raise refused
        shape = replace(shape, parked=parked)
        statement = self.context.statements_of(table).get(table, shape, lambda: _compile(shape, table))
        async with self.unit.connection.transaction():
            was = await self.unit.connection.fetchval(park_values(table, parked), ids)
            return await self._run(statement, encoded, rows, was)

    def _refused(self, shape: WriteShape | RestoreShape) -> Refused | None:
        """A restoration is refused for what is required and has no value."""
        return self.emptied_fields if isinstance(shape, RestoreShape) else None

    def emptied_fields(self, places: Sequence[tuple[int, str]], ids: Sequence[UUID]) -> RequiredField:
        """The error for required fields that records would have no value of: the records' indexes and the columns."""
        names = {field.column: field.name for field in self.table.fields if field.column not in self.hidden_columns}
        found = [
            Problem((names[column],), _EMPTIED, faults.REQUIRED, record_id=str(ids[i]))
            if column in names
            else Problem((), _EMPTIED_UNSEEN, faults.REQUIRED, record_id=str(ids[i]))
            for i, column in places
        ]
        return RequiredField(found[:MAX_PROBLEMS], total=len(found))


def _compile(shape: WriteShape | RestoreShape, table: TableMeta) -> Statement:
    return compile_restore(shape, table) if isinstance(shape, RestoreShape) else compile_write(shape, table)


def _is_given_up(refused: DuplicateValue, table: TableMeta, encoded: str) -> bool:
    """Whether the record that has the value already is one of those that get another one in the same update."""
    existing, field = refused.location.get("existingRecordId"), table.find_field(str(refused.location.get("field")))
    if existing is None or field is None:
        return False
    rows = {row["id"]: row for row in orjson.loads(encoded)}
    return str(existing) in rows and gives_up(rows[str(existing)], field.column)


_EMPTIED = "The field is required by now, and this record had no value of it."
_EMPTIED_UNSEEN = "A field that you may not see is required by now, and this record had no value of it."
_MEMBERS = "SELECT user_id FROM workspace_members WHERE workspace_id = $1 AND user_id = ANY($2::uuid[])"


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
