"""Imports a file: finds its place, plans, makes what is missing, and loads the rows; all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select

from adapters.database import Unit
from domain.bases import ddl
from domain.bases.catalog import FieldMeta, TableMeta
from domain.changes.cursor import cursor_after_own
from domain.errors import BadRequest, FixedField, PayloadTooLarge, Problem
from domain.imports.columns import same_name
from domain.imports.fields import field_drafts, primary_first
from domain.imports.limits import ImportLimits
from domain.imports.options import ImportOptions
from domain.imports.plan import ImportPlan, plan_import
from domain.imports.problems import ImportReport
from domain.imports.source import ImportSource
from domain.records.faults import FIXED_FIELD
from models import Base, Field, Table
from resolvers.context import RequestContext
from resolvers.field_columns import index_field, index_statements, sql_name
from resolvers.fields import add_field
from resolvers.imports.loading import Loading, Watch, unwatched
from resolvers.imports.reading import in_thread
from resolvers.imports.targets import IntoTable, Place, Target, find_place, make_base, table_name
from resolvers.metadata import TableKey
from resolvers.narrowing import for_caller
from resolvers.records.tables import load_table
from resolvers.schema_changes import changed, schema_change
from resolvers.services import Limits
from resolvers.tables import add_table

_CURSOR = "SELECT pg_current_snapshot()::text, pg_current_xact_id()::text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What the caller of an import has decided.

    `strict` lets nothing in if anything does not fit; otherwise it is reported and its cell stays empty.
    `indexed` names columns whose new fields get indexes, which are made once the rows are there. `makes_missing` has
    records made in linked tables for names that no record has.
    """

    target: Target
    options: ImportOptions = field(default_factory=ImportOptions)
    strict: bool = False
    indexed: Sequence[str] = ()
    makes_missing: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import has done. `fields` are those of the plan's columns, in their order."""

    table: Table
    base: Base
    plan: ImportPlan
    fields: Sequence[FieldMeta]
    report: ImportReport
    event_cursor: str

    @property
    def cell_count(self) -> int:
        """Rows times columns, empty cells included."""
        return self.report.rows * len(self.plan.columns)


async def import_file(
    context: RequestContext, source: ImportSource, what: Import, watch: Watch = unwatched
) -> Imported:
    """Import a file in the operation's transaction, which the caller must roll back when this raises.

    New bases, tables and fields need the right to change schemas; rows for a table that is there, to write records.
    Raises `BadRequest` and `PayloadTooLarge` for a file that cannot be read, and with `strict` `ValidationFailed`.
    """
    async with schema_change(context) as unit:
        place = await find_place(unit, context, what.target, lock=True)
        plan = await _planned(context, source, what, place)
        return await _Work(context, unit, place, plan, what).run(source.name, watch)


async def import_alone(
    context: RequestContext, source: ImportSource, what: Import, watch: Watch = unwatched
) -> Imported:
    """As `import_file`, in a transaction of its own."""
    async with context.transaction():
        return await import_file(context, source, what, watch)


async def preview_import(context: RequestContext, source: ImportSource, what: Import) -> ImportPlan:
    """What an import would do; nothing is made and nothing is locked."""
    async with context.unit() as unit:
        place = await find_place(unit, context, what.target)
    return await _planned(context, source, what, place)


def check_size(size: int, limits: Limits) -> None:
    """Refuse a file that is too large; `size` is in bytes."""
    if size > limits.max_import_bytes:
        raise PayloadTooLarge(f"The file has {size:,} bytes or more; at most {limits.max_import_bytes:,} are taken.")


async def _planned(context: RequestContext, source: ImportSource, what: Import, place: Place) -> ImportPlan:
    limits = context.services.limits
    check_size(source.size, limits)
    bounds = ImportLimits(max_columns=limits.max_fields_per_table, max_name_characters=limits.max_name_length)
    create_missing = isinstance(what.target, IntoTable) and what.target.create_missing
    options = replace(what.options, limits=bounds, create_missing=create_missing)
    plan = await in_thread(lambda: plan_import(source, options, place.target_fields))
    _check_indexed(plan, what.indexed)
    return plan


def _require_writable(table: TableMeta, fields: Sequence[FieldMeta]) -> None:
    """Raise `FixedField` where the file has a column for a field that the caller may not write."""
    message = "You may read this field, but not write it."
    fixed = [field for field in fields if field.id in table.fixed_fields]
    if fixed:
        raise FixedField([Problem((field.name,), message, FIXED_FIELD) for field in fixed])


def _check_indexed(plan: ImportPlan, indexed: Sequence[str]) -> None:
    new = {same_name(column.name) for column in plan.new_columns}
    for name in indexed:
        if same_name(name) not in new:
            raise BadRequest(f"No new field can be indexed as {name!r}: no column of the file makes one.", value=name)


@dataclass(frozen=True, slots=True)
class _Work:
    """An import whose place is locked and whose plan is made."""

    context: RequestContext
    unit: Unit
    place: Place
    plan: ImportPlan
    what: Import

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
        return Imported(table, base, self.plan, fields, report, cursor_after_own(snapshot, transaction))

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
