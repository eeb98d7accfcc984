"""What the formulas of a table need when its fields change: references by id, and columns where they can be kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy import select

from adapters.database import Unit
from domain.bases import generated
from domain.bases.catalog import FieldMeta, TableMeta
from domain.bases.generated import Generated
from domain.errors import BadRequest
from domain.fields.registry import field_type
from domain.formulas.bound import FormulaOptions, error_column
from domain.formulas.faults import InvalidFormula
from domain.formulas.storing import readable_form, stored_form
from models import Base, Field, Table
from resolvers.data_permissions.titles import require_open_title
from resolvers.field_columns import next_field_number, sql_name
from resolvers.metadata import TableKey, load_base
from resolvers.table_rewriting import make_room

_REFUSALS: Final = (
    asyncpg.DataError,
    asyncpg.InvalidObjectDefinitionError,
    asyncpg.FeatureNotSupportedError,
    asyncpg.ProgramLimitExceededError,
    asyncpg.SyntaxOrAccessError,
)
"""What PostgreSQL raises for an expression that it does not keep; the formula is computed when it is read, then."""


async def fit_formulas(unit: Unit, base: Base, tables: Sequence[Table], *, wanted: UUID | None = None) -> None:
    """Have every formula of some tables refer to fields by their ids, and have the columns that it can have.

    To be called when fields of the tables were made, changed or deleted. Raises `BadRequest` where the field `wanted`
    is to be indexed and cannot be; another one that cannot any longer is indexed no more.
    """
    found = [each for each in [await _Formulas.find(unit, base, table) for table in tables] if each.are_there]
    if not found:
        return
    await unit.session.flush()
    loaded = await load_base(unit, TableKey(id=found[0].table.id))
    assert loaded is not None
    for formulas in found:
        await formulas.fit(unit, loaded.base.tables[formulas.table.id], wanted)
    await unit.session.flush()


@dataclass(frozen=True, slots=True)
class _Formulas:
    """The formulas of a table by their ids, and the columns that it has for them: with their digests, and which of
    them are indexed.
    """

    table: Table
    sql_name: str
    fields: Mapping[UUID, Field]
    columns: Mapping[str, str | None]
    indexed: frozenset[str]

    @classmethod
    async def find(cls, unit: Unit, base: Base, table: Table) -> "_Formulas":
        """They refer to fields by their ids from now on."""
        fields = list(await unit.session.scalars(select(Field).where(Field.table_id == table.id)))
        formulas = {field.id: field for field in fields if _is_formula(field)}
        ids = {field.name: field.id for field in fields}
        for field in formulas.values():
            _set(field, formula=stored_form(field.options["formula"], ids))
        name = sql_name(base, table)
        rows = await unit.connection.fetch(generated.FIND_COLUMNS, name)
        columns: dict[str, str | None] = {row["attname"]: row["digest"] for row in rows}
        indexed = frozenset(row["attname"] for row in rows if row["is_indexed"])
        return cls(table, name, formulas, columns, indexed)

    @property
    def are_there(self) -> bool:
        """Whether there is anything to be fitted."""
        return bool(self.fields or self.columns)

    async def fit(self, unit: Unit, meta: TableMeta, wanted: UUID | None) -> None:
        """Give them the columns that they can have now."""
        if meta.primary_field.type.is_computed:
            await require_open_title(unit, meta)
        store = _Store(unit, self, meta)
        for each in meta.fields:
            if each.id in self.fields:
                await store.fit(self.fields[each.id], each, is_wanted=each.id == wanted)
        await store.drop_unused()


async def name_references(unit: Unit, field: Field) -> None:
    """Have the formulas that refer to a field which is about to be deleted refer to its name instead."""
    for other in list(await unit.session.scalars(select(Field).where(Field.table_id == field.table_id))):
        if _is_formula(other):
            _set(other, formula=readable_form(other.options["formula"], {field.id: field.name}))


def _is_formula(field: Field) -> bool:
    return field_type(field.type).is_expression


def _set(field: Field, **options: object) -> None:
    changed = field.options | options
    if changed != field.options:
        field.options = changed


class _Store:
    """The generated columns of a table for its formulas."""

    def __init__(self, unit: Unit, formulas: _Formulas, meta: TableMeta) -> None:
        self.unit = unit
        self.table = formulas.sql_name
        self.meta = meta
        self.unused = dict(formulas.columns)
        self.indexed = formulas.indexed

    async def fit(self, field: Field, meta: FieldMeta, *, is_wanted: bool) -> None:
        """Keep the columns of a formula, make them anew, or note that it has none."""
        await self._try_patterns(meta)
        made = _generated(meta, self.meta)
        if made is not None and self._is_current(meta, made):
            self.unused.pop(meta.column)
            self.unused.pop(error_column(meta), None)
        else:
            meta, made = await self._store(field, meta, made)
        await self._index(field, meta, made, is_wanted=is_wanted)

    async def _try_patterns(self, meta: FieldMeta) -> None:
        """Refuse a regular expression that PostgreSQL finds too complex, which it says when it uses one."""
        assert isinstance(meta.options, FormulaOptions)
        if meta.options.result is None:
            return
        for pattern, text in meta.options.patterns.items():
            try:
                await self.unit.connection.execute("SELECT ''::text ~ $1", text)
            except asyncpg.InvalidRegularExpressionError:
                message = f"{self.meta.name}.{meta.name}: the regular expression {pattern!r} is too complex."
                raise BadRequest(message, field=meta.name) from None

    def _is_current(self, meta: FieldMeta, made: Generated) -> bool:
        """Whether the columns are there and as they are to be: one may have gone with a column that it was made of."""
        assert isinstance(meta.options, FormulaOptions)
        return (
            meta.options.stored_as == meta.number
            and self.unused.get(meta.column) == made.digest
            and (made.error is None or error_column(meta) in self.unused)
        )

    async def _store(self, field: Field, meta: FieldMeta, made: Generated | None) -> tuple[FieldMeta, Generated | None]:
        """New columns have a new number, so that no statement made from old metadata reads them."""
        if made is None:
            _set(field, stored_as=None)
            return meta, None
        await make_room(self.unit, self.table)
        field.number = await next_field_number(self.unit)
        meta = replace(meta, number=field.number)
        try:
            async with self.unit.connection.transaction():
                await self.unit.connection.execute(generated.add_columns(self.table, meta, made))
        except _REFUSALS:
            made = None
        _set(field, stored_as=field.number if made is not None else None)
        return meta, made

    async def _index(self, field: Field, meta: FieldMeta, made: Generated | None, *, is_wanted: bool) -> None:
        if not field.is_indexed:
            await self.unit.connection.execute(generated.drop_index(meta, self.meta))
            return
        try:
            if made is None:
                raise BadRequest(
                    f"The field {field.name!r} cannot be indexed: what it is made of, or when, is not kept in the "
                    "record's own row.",
                    field="isIndexed",
                )
            if meta.column not in self.indexed:  # PostgreSQL locks writers out before it looks whether it is there
                await self.unit.connection.execute(generated.create_index(self.table, meta, made))
        except BadRequest:
            if is_wanted:
                raise
            field.is_indexed = False

    async def drop_unused(self) -> None:
        """Drop the columns that are of no formula any longer."""
        if self.unused:
            await self.unit.connection.execute(generated.drop_columns(self.table, list(self.unused)))


def _generated(field: FieldMeta, table: TableMeta) -> Generated | None:
    try:
        return generated.generated(field, table)
    except InvalidFormula as invalid:
        raise BadRequest(f"{table.name}.{field.name}: {invalid.message}", field=field.name) from None
