"""The cells of an import that name records of other tables: found, or made, a batch of rows at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from adapters.database import Unit
from domain.bases.catalog import FieldMeta, TableMeta
from domain.fields.storage import encode_rows
from domain.fields.types.linked_record import Named
from domain.imports.plan import ImportPlan
from domain.imports.problems import ImportProblem, shown
from domain.imports.records import RowBatch
from domain.records.linking import lock_records
from domain.records.values import mentioned_records, place_records
from resolvers.context import RequestContext
from resolvers.records.linking import linked_table
from resolvers.records.tables import no_table
from resolvers.records.titled import TitledRecords
from resolvers.records.writing import Batch


@dataclass(frozen=True, slots=True)
class LinkedCells:
    """Those of one import; `columns` are the names of the columns by their fields, `records` by their tables."""

    unit: Unit
    table: TableMeta
    columns: Mapping[FieldMeta, str]
    records: Mapping[UUID, TitledRecords]

    @classmethod
    def of(
        cls,
        context: RequestContext,
        unit: Unit,
        table: TableMeta,
        plan: ImportPlan,
        fields: Sequence[FieldMeta],
        makes_missing: bool,
    ) -> "LinkedCells | None":
        """Those of an import into a table; None where the file has no columns for links."""
        pairs = zip(fields, plan.columns, strict=True)
        columns = {field: column.name for field, column in pairs if field.type.references == "record"}
        linked = {each.id: each for each in (table.linked(linked_table(field)) for field in columns)}
        records = {id: TitledRecords(_batch(context, unit, each), makes_missing) for id, each in linked.items()}
        return cls(unit, table, columns, records) if columns else None

    async def settled(self, batch: RowBatch) -> RowBatch:
        """The batch with ids in place of names; a problem for each name that no record has.

        A row that thereby has no link in a required field is left out.
        """
        known: dict[FieldMeta, Mapping[Named, UUID]] = {}
        for field, names in sorted(mentioned_records(self.table, batch.rows).items(), key=_number_of_table):
            found = await self.records[linked_table(field).id].find(names)
            statement = lock_records(linked_table(field), for_update=False)
            there = {row[0] for row in await self.unit.connection.fetch(statement, list(set(found.values())))}
            known[field] = {name: id for name, id in found.items() if id in there}
        problems = [*batch.problems]
        for each in place_records(batch.rows, known):
            assert each.record_index is not None  # the problem is one of a batch
            column = self.columns[self.table.field(str(each.loc[0]))]
            problems.append(ImportProblem(batch.lines[each.record_index], each.message, column, shown(each.value)))
        return self._complete(replace(batch, problems=sorted(problems, key=lambda problem: problem.line)))

    def _complete(self, batch: RowBatch) -> RowBatch:
        needed = [field.column for field in self.columns if field.is_required]
        kept = [i for i, row in enumerate(batch.rows) if all(row[column] is not None for column in needed)]
        rows, lines = [batch.rows[i] for i in kept], [batch.lines[i] for i in kept]
        return replace(batch, ids=[batch.ids[i] for i in kept], rows=rows, lines=lines, text=encode_rows(rows))


def _batch(context: RequestContext, unit: Unit, table: TableMeta) -> Batch:
    return Batch(context, context.user_id, unit, table, lambda: no_table(table.id))


def _number_of_table(mentioned: tuple[FieldMeta, set[Named]]) -> int:
    """Records are locked table by table, in the order of their numbers."""
    return linked_table(mentioned[0]).number
