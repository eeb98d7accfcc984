"""Imports a file: finds its place, plans, makes what is missing, and loads the rows; all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from adapters.database import Unit
from domain.bases import ddl
from domain.bases.catalog import FieldMeta, TableMeta
from domain.changes.cursor import cursor_after_own
from domain.errors import FixedField, Problem
from domain.imports.choices import MissingNames
from domain.imports.columns import same_name
from domain.imports.fields import field_drafts, primary_first
from domain.imports.plan import ImportPlan
from domain.imports.problems import ImportReport
from domain.imports.source import ImportSource
from domain.records.faults import FIXED_FIELD
from models import Base, Field, Table
from resolvers.context import RequestContext
from resolvers.field_columns import index_field, index_statements, sql_name
from resolvers.fields import add_field
from resolvers.imports.choices import Prepared, lacking, prepare
from resolvers.imports.loading import Loading, Watch, unwatched
from resolvers.imports.planning import Import, check_asked, planned
from resolvers.imports.targets import IntoTable, Place, find_place, make_base, table_name
from resolvers.metadata import TableKey
from resolvers.narrowing import for_caller
from resolvers.records.tables import load_table
from resolvers.schema_changes import changed, schema_change
from resolvers.tables import add_table

_CURSOR = "SELECT pg_current_snapshot()::text, pg_current_xact_id()::text"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import has done. `fields` are those of the plan's columns, in their order."""

    table: Table
    base: Base
    plan: ImportPlan
    fields: Sequence[FieldMeta]
    report: ImportReport
    new_choices: MissingNames
    """What fields that were there have got, by the names of the plan's columns."""
    event_cursor: str

    @property
    def cell_count(self) -> int:
        """Rows times columns, empty cells included."""
        return self.report.rows * len(self.plan.columns)


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do; `new_choices` as in `Imported`."""

    plan: ImportPlan
    new_choices: MissingNames


async def import_file(
    context: RequestContext, source: ImportSource, what: Import, watch: Watch = unwatched
) -> Imported:
    """Import a file in the operation's transaction, which the caller must roll back when this raises.

    New bases, tables and fields need the right to change schemas; rows for a table that is there, to write records.
    Raises `BadRequest` and `PayloadTooLarge` for a file that cannot be read, and with `strict` `ValidationFailed`.
    """
    check_asked(context, what)
    into_fields = what.makes_choices and isinstance(what.target, IntoTable)
    prepared = await prepare(context, source, what) if into_fields else Prepared()
    async with schema_change(context) as unit:
        place = await find_place(unit, context, what.target, lock=True)
        plan = prepared.plan_for(place) or await planned(context, source, what, place)
        return await _Work(context, unit, place, plan, what, prepared.made).run(source.name, watch)


async def import_alone(
    context: RequestContext, source: ImportSource, what: Import, watch: Watch = unwatched
) -> Imported:
    """As `import_file`, in a transaction of its own."""
    async with context.transaction():
        return await import_file(context, source, what, watch)


async def preview_import(context: RequestContext, source: ImportSource, what: Import) -> Preview:
    """What an import would do; nothing is made and nothing is locked."""
    check_asked(context, what)
    async with context.unit() as unit:
        place = await find_place(unit, context, what.target)
    plan = await planned(context, source, what, place)
    return Preview(plan, await lacking(plan) if what.makes_choices else {})


def _require_writable(table: TableMeta, fields: Sequence[FieldMeta]) -> None:
    """Raise `FixedField` where the file has a column for a field that the caller may not write."""
    message = "You may read this field, but not write it."
    fixed = [field for field in fields if field.id in table.fixed_fields]
    if fixed:
        raise FixedField([Problem((field.name,), message, FIXED_FIELD) for field in fixed])


@dataclass(frozen=True, slots=True)
class _Work:
    """An import whose place is locked and whose plan is made."""

    context: RequestContext
    unit: Unit
    place: Place
    plan: ImportPlan
    what: Import
    made: MissingNames

    async def run(self, file_name: str, watch: Watch) -> Imported:
        base = await make_base(self.unit, self.context, self.place, self.what.target, file_name)
        table, names = await self._make_fields(base, file_name)
        indexed = await self._fields_to_index(base, table, names)
        meta = await self._metadata(table)
        fields = [meta.field(names[column.name]) for column in self.plan.columns]
        _require_writable(meta, fields)
        strict, makes_missing = self.what.strict, self.what.makes_missing
        loading = Loading(self.context, self.unit, meta, self.plan, fields, strict, watch, makes_missing)
        report = await loading.run()
        await self._finish(base, table, indexed)
        snapshot, transaction = await self._cursor()
        cursor = cursor_after_own(snapshot, transaction)
        return Imported(table, base, self.plan, fields, report, self.made, cursor)

    async def _make_fields(self, base: Base, file_name: str) -> tuple[Table, Mapping[str, str]]:
        """The table with all its fields, and the names of the fields by the names of the plan's columns."""
        most = self.context.services.limits.max_name_length
        there = [each.name for each in self.place.fields or ()]
        drafts = field_drafts(self.plan.new_columns, most, there)
        table = self.place.table
        if table is None:
            name = table_name(self.what.target, file_name)
            fields = primary_first(list(drafts.values()), most)
            table = await add_table(self.unit, self.context, base, name, fields=fields)
        else:
            for draft in drafts.values():
                await add_field(self.unit, self.context, base, table, draft)
        return table, {each.name: each.name for each in self.plan.columns} | {k: d.name for k, d in drafts.items()}

    async def _fields_to_index(self, base: Base, table: Table, names: Mapping[str, str]) -> list[Field]:
        """The new fields that are to be indexed; raises `BadRequest` for a type that cannot be."""
        wanted = {same_name(name) for name in self.what.indexed}
        chosen = {names[column.name] for column in self.plan.new_columns if same_name(column.name) in wanted}
        if not chosen:
            return []
        fields = await self.unit.session.scalars(select(Field).filter_by(table_id=table.id))
        found = [each for each in fields if each.name in chosen]
        for each in found:
            index_statements(base, table, each)
        return found

    async def _metadata(self, table: Table) -> TableMeta:
        await self.unit.session.flush()
        loaded = await load_table(self.context, self.unit, TableKey(id=table.id))
        assert loaded is not None  # its base is locked
        return await for_caller(self.context, self.unit, loaded)

    async def _finish(self, base: Base, table: Table, indexed: Sequence[Field]) -> None:
        """Make the indexes, and tell the planner of a new table what is in it."""
        for each in indexed:
            each.is_indexed = True
            await index_field(self.unit, base, table, each)
        if indexed:
            changed(self.context, self.unit, base)
        if self.place.table is None:
            await self.unit.connection.execute(ddl.analyze(sql_name(base, table)))

    async def _cursor(self) -> tuple[str, str]:
        row = await self.unit.connection.fetchrow(_CURSOR)
        assert row is not None  # a SELECT without FROM has one row
        return row[0], row[1]
