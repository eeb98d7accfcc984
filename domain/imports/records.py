"""From the batches of an import to the rows of a table: defaults, required values, ids, and users who are members."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final
from uuid import UUID

from domain.bases.catalog import FieldMeta, TableMeta
from domain.errors import Problem, RequiredField
from domain.fields.references import users_in
from domain.fields.storage import encode_rows
from domain.ids import counting_ids
from domain.imports.batches import Batch, iter_batches
from domain.imports.plan import ImportPlan
from domain.imports.problems import ImportProblem
from domain.records import faults
from domain.records.values import Row, is_writable, strangers, withheld

MAX_BATCH_ROWS: Final = 2_500
MAX_BATCH_CELLS: Final = 50_000


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Some records of an import: their ids, their rows, and the lines where these begin.

    `text` is what `storage.encode_rows` makes of the rows; empty where these name records that are yet to be found.
    `problems` and `progress` are as in `Batch`.
    """

    ids: Sequence[UUID]
    rows: Sequence[Row]
    lines: Sequence[int]
    text: str
    problems: list[ImportProblem]
    progress: float

    @property
    def count(self) -> int:
        """How many records."""
        return len(self.ids)


class RowMaker:
    """Makes the rows of one import into one table.

    `fields` are those of the plan's columns, in their order; `members` are the users whom values may name. An empty
    cell stays empty, unless its field is required and has a default value; a column that the file lacks gets the
    default value of its field.
    """

    def __init__(
        self, table: TableMeta, plan: ImportPlan, fields: Sequence[FieldMeta], members: Collection[UUID] = ()
    ) -> None:
        """Raises `RequiredField` when every row would lack a required value."""
        self._table = table
        self._plan = plan
        self._members = members
        self._parsers = {
            column.name: field.type.parser(field.options, typecast=field.type.references == "record")
            for column, field in zip(plan.columns, fields, strict=True)
        }
        self._names = {field.id: column.name for column, field in zip(plan.columns, fields, strict=True)}
        self._columns = [field.column for field in fields]
        every = table.whole.fields
        self._defaults = {field.column: value for field in every if (value := self._default(field)) is not None}
        self._constants = {key: value for key, value in self._defaults.items() if key not in self._columns}
        self._names_users = any(field.type.references == "user" for field in fields)
        self._names_records = any(field.type.references == "record" for field in fields)
        self._required = [field for field in every if field.is_required and field.type.is_writable]
        self._ids = counting_ids(table.number)
        self._check_required()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the rows set, in the table's order."""
        given = {*self._columns, *self._constants}
        return tuple(field.column for field in self._table.whole.fields if field.column in given)

    def batches(self) -> Iterator[RowBatch]:
        """The rows of the whole file; made in a worker thread."""
        size = max(1, min(MAX_BATCH_ROWS, MAX_BATCH_CELLS // max(1, len(self._columns))))
        for batch in iter_batches(self._plan, size, self._parsers):
            yield self._made(batch)

    def _default(self, field: FieldMeta) -> object:
        """The stored default value of a field; None also where it names users who are no members any more."""
        if field.default_value is None:
            return None
        stored = field.type.parser(field.options)(field.default_value)
        return stored if users_in(stored) <= {*self._members} else None

    def _check_required(self) -> None:
        filled = {*self._columns, *self._constants}
        message = "The file has no column for this field, which is required and has no default value."
        missing = [field for field in self._required if field.column not in filled]
        if missing:
            raise RequiredField([self._missing(field, message) for field in missing])

    def _missing(self, field: FieldMeta, message: str) -> Problem:
        if is_writable(field, self._table):
            return Problem((field.name,), message, faults.REQUIRED)
        return withheld(field, self._table)

    def _made(self, batch: Batch) -> RowBatch:
        rows: list[Row] = [dict(zip(self._columns, row, strict=True)) for row in batch.rows]
        problems = list(batch.problems)
        if self._names_users:
            problems += self._empty_strangers(rows, batch.lines)
        if self._constants:
            rows = [{**self._constants, **row} for row in rows]
        lines = batch.lines
        if self._required:
            rows, lines = self._complete(rows, lines, problems)
        ids = list(islice(self._ids, len(rows)))
        for row, id in zip(rows, ids, strict=True):
            row["id"] = id
        problems.sort(key=lambda problem: problem.line)
        text = "" if self._names_records else encode_rows(rows)
        return RowBatch(ids, rows, lines, text, problems, batch.progress)

    def _empty_strangers(self, rows: Sequence[Row], lines: Sequence[int]) -> Iterator[ImportProblem]:
        """Empty the values that name users who are no members."""
        for each in strangers(self._table, rows, self._members):
            assert each.record_index is not None  # the problem is one of a batch
            field = self._table.field(str(each.loc[0]))
            rows[each.record_index][field.column] = None
            yield ImportProblem(lines[each.record_index], each.message, self._names[field.id], str(each.value))

    def _complete(
        self, rows: Sequence[Row], lines: Sequence[int], problems: list[ImportProblem]
    ) -> tuple[list[Row], list[int]]:
        """The rows with all required values, by their defaults where their own cells are empty; and their lines."""
        complete: list[Row] = []
        complete_lines: list[int] = []
        for row, line in zip(rows, lines, strict=True):
            missing = [field for field in self._required if row[field.column] is None]
            for field in missing:
                row[field.column] = self._defaults.get(field.column)
            lacking = [field for field in missing if row[field.column] is None]
            message = "The field is required and this cell is empty: the row is left out."
            problems += [ImportProblem(line, message, self._names[field.id]) for field in lacking]
            if not lacking:
                complete.append(row)
                complete_lines.append(line)
        return complete, complete_lines
