"""Writing the rows of an import, batch by batch, while the next batch is being read in a worker thread."""

from collections.abc import Callable, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import orjson
from sqlalchemy import select

from adapters.database import Unit
from domain.bases.catalog import FieldMeta, TableMeta
from domain.errors import Problem, ValidationFailed
from domain.extensions.writes import WriteKind
from domain.imports.plan import ImportPlan
from domain.imports.problems import ImportProblem, ImportReport
from domain.imports.records import RowBatch, RowMaker
from domain.records.compile import Statement
from domain.records.write import Operation, WriteShape, compile_write
from models import WorkspaceMember
from resolvers.context import RequestContext
from resolvers.imports.linking import LinkedCells
from resolvers.imports.reading import ahead
from resolvers.records.answers import answer_of
from resolvers.records.hooks import hooks_of
from resolvers.records.linking import refusing_taken
from resolvers.records.oversize import refusing_oversize
from resolvers.records.tables import no_table
from resolvers.records.uniqueness import numbered, refusing_duplicates, savepoint
from resolvers.records.writing import Batch


@dataclass(frozen=True, slots=True)
class Step:
    """How far an import has come: the rows so far, how much of the file (0 to 1), and the problems since the last."""

    rows: int
    progress: float
    problems: Sequence[ImportProblem]


Watch = Callable[[Step], None]


def unwatched(_: Step) -> None:
    """The watch of an import whose progress interests nobody."""


@dataclass(frozen=True, slots=True)
class Loading:
    """One import into one table; `fields` are those of the plan's columns, in their order."""

    context: RequestContext
    unit: Unit
    table: TableMeta
    plan: ImportPlan
    fields: Sequence[FieldMeta]
    strict: bool = False
    watch: Watch = unwatched
    makes_missing: bool = False
    """Whether records are made in linked tables for names that no record has."""

    async def run(self) -> ImportReport:
        """Write all rows. With `strict`, raises `ValidationFailed` with what does not fit, up to the report's cap.

        Raises `DuplicateValue` for a row with a value that must be unique; its index counts the rows that are written.
        """
        maker = RowMaker(self.table, self.plan, self.fields, await self._members())
        statement = compile_write(WriteShape(Operation.CREATE, maker.columns), self.table).run_for(self.table)
        links = LinkedCells.of(self.context, self.unit, self.table, self.plan, self.fields, self.makes_missing)
        report = ImportReport()
        self.unit.after_commit(partial(self.context.services.bus.publish, self.table.id))
        async with aclosing(ahead(maker.batches())) as batches:
            async for read in batches:
                batch = await links.settled(read) if links else read
                report.add(batch.count, batch.problems)
                self.watch(Step(report.rows, batch.progress, batch.problems))
                if self.strict and report.problem_count >= report.max_kept:
                    break
                if batch.count and not (self.strict and report.problem_count):
                    await self._write(statement, batch, report.rows - batch.count)
        if self.strict and report.problem_count:
            raise _refused(report)
        return report

    async def _write(self, statement: Statement, batch: RowBatch, first: int) -> None:
        """Write a batch; `first` is how many rows came before it."""
        with numbered(range(first, first + batch.count)):
            if hooks_of(self.context, WriteKind.CREATE, self.table):
                await self._write_hooked(batch)
            else:
                await self._write_plain(statement, batch)

    async def _write_plain(self, statement: Statement, made: RowBatch) -> None:
        inputs = [self.context.user_id, self.context.mutation_id, made.text]
        with refusing_oversize(self.table), refusing_taken(self.table, made.rows):
            async with refusing_duplicates(self.unit, self.table, made.text), savepoint(self.unit, self.table):
                row = await self.unit.connection.fetchrow(statement.sql, *statement.parameters.bind(inputs))
        answer_of(row, self.table, made.ids, lambda: no_table(self.table.id), self.context.mutation_id)

    async def _write_hooked(self, made: RowBatch) -> None:
        """Where extensions may have something to say: rows become objects once more."""
        batch = Batch(self.context, self.context.user_id, self.unit, self.table, lambda: no_table(self.table.id))
        await batch.insert(orjson.loads(made.text), (), made.ids)

    async def _members(self) -> Collection[UUID]:
        """The members of the workspace, where values may name users."""
        if not self.table.whole.user_fields:
            return ()
        statement = select(WorkspaceMember.user_id).where(WorkspaceMember.workspace_id == self.table.workspace_id)
        return frozenset(await self.unit.session.scalars(statement))


def _refused(report: ImportReport) -> ValidationFailed:
    """The error of a strict import, with the problems that the report keeps."""
    found = [
        Problem(
            () if each.column is None else (each.column,),
            f"Line {each.line}: {each.message}",
            "value_error.import",
            value=each.value,
            line=each.line,
        )
        for each in report.problems
    ]
    least = "at least " if report.problem_count >= report.max_kept else ""
    count = f"{least}{report.problem_count:,} problem{'s' if report.problem_count > 1 else ''}"
    message = f"Nothing was imported: the file has {count}, the first in {report.problems[0]}"
    return ValidationFailed(found, message)
