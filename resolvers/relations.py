"""Fields that refer to others: what is made, checked and removed with them in other tables of the base."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select

from adapters.database import Unit
from domain.bases import filling, links
from domain.bases.catalog import BaseMeta, FieldMeta, TableMeta
from domain.bases.links import Side
from domain.errors import BadRequest, Conflict, Problem, invalid_input
from domain.fields import faults
from domain.fields.computed import BoundOptions
from domain.fields.contract import Options
from domain.fields.types.linked_record import LinkedRecordOptions
from domain.formulas.bound import FormulaOptions
from domain.ids import Kind, new_id
from domain.nearness import did_you_mean
from domain.records.faults import REFERENCE
from models import Base, Field, Table
from resolvers.context import RequestContext
from resolvers.field_columns import dump_options, sql_name, typed
from resolvers.field_values import without_value
from resolvers.formulas import name_references
from resolvers.loader import Loader
from resolvers.metadata import TableKey, load_base
from resolvers.views.indexing import hold_indexes

Place = tuple[str | int, ...]


class ProblemsLoader(Loader[UUID, Mapping[UUID, str]]):
    """Why computed fields have no values, by field, for tables that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, Mapping[UUID, str]]:
        """See `Loader.fetch`. One statement for all tables of a base."""
        found: dict[UUID, Mapping[UUID, str]] = {}
        for table_id in keys:
            loaded = None if table_id in found else await load_base(unit, TableKey(id=table_id))
            for table in loaded.base.tables.values() if loaded else ():
                found[table.id] = {field.id: why for field in table.fields if (why := _problem(field)) is not None}
        return found


async def base_of(unit: Unit, table_id: UUID) -> BaseMeta:
    """The metadata of a table's base, as this transaction has left them."""
    await unit.session.flush()
    loaded = await load_base(unit, TableKey(id=table_id))
    assert loaded is not None
    return loaded.base


async def bind_new(
    unit: Unit, context: RequestContext, base: Base, table: Table, fields: Sequence[Field], places: Sequence[Place]
) -> None:
    """Check what new fields refer to, and make what belongs to them: the table's columns must be there.

    Raises `ValidationFailed` for a field that cannot have values, with the place of its options.
    """
    if not any(typed(field)[0].is_bound for field in fields):
        return
    await hold_indexes(context, unit, base.id)
    for field, place in zip(fields, places, strict=True):
        require_own(typed(field)[1], place)
    meta = await base_of(unit, table.id)
    metas = _fields_of(meta)
    problems = [
        Problem((*place, "options"), problem + meant(metas[field.id].options, meta.tables[table.id]), REFERENCE)
        for field, place in zip(fields, places, strict=True)
        if (problem := _problem(metas[field.id])) is not None
    ]
    if problems:
        raise invalid_input(problems)
    for field in fields:
        options = metas[field.id].options
        if isinstance(options, LinkedRecordOptions):
            await _require_no_records(unit, base, table, field)
            await make_links(unit, context, base, table, field, options)


def meant(options: Options, table: TableMeta) -> str:
    """A sentence, behind a space, with the field that one may have meant who defines a field; or nothing.

    It is no part of the problem: those who read that may not see all fields.
    """
    missing = options.missing if isinstance(options, BoundOptions) else None
    return "" if missing is None else did_you_mean(missing, (field.name for field in table.fields))


def require_own(options: Options, place: Place) -> None:
    """Refuse options that the server sets, and what is longer than may be sent."""
    if isinstance(options, LinkedRecordOptions) and (options.symmetric_field_id or options.is_symmetric):
        message = "symmetric_field_id and is_symmetric are set by the server."
        raise invalid_input([Problem((*place, "options"), message, "value_error.read_only")])
    if isinstance(options, FormulaOptions) and options.stored_as is not None:
        raise invalid_input([Problem((*place, "options"), "stored_as is set by the server.", "value_error.read_only")])
    if isinstance(options, FormulaOptions) and options.excess:
        raise invalid_input([Problem((*place, "options", "formula"), options.excess, faults.MAX_LENGTH)])


async def _require_no_records(unit: Unit, base: Base, table: Table, field: Field) -> None:
    """Raise `RequiredField` where the records that are there would have no link, and must have one."""
    if field.is_required:
        count = await unit.connection.fetchval(filling.count_records(sql_name(base, table)))
        if count:
            raise without_value(field, count)


async def make_links(
    unit: Unit, context: RequestContext, base: Base, table: Table, field: Field, options: LinkedRecordOptions
) -> None:
    """The junction table of a new link, and the field of the other table that shows the same links."""
    other = await unit.session.get_one(Table, options.linked_table_id)
    symmetric = await _add_symmetric(unit, context, table, other, field)
    field.options = {**field.options, "symmetric_field_id": str(symmetric.id)}
    await _create_junction(unit, options, sql_name(base, table))
    await unit.session.flush()


async def _create_junction(unit: Unit, options: LinkedRecordOptions, table: str) -> None:
    for statement in links.create_junction(options.side, table, options.linked_table.sql_name):
        await unit.connection.execute(statement)
    await _limit(unit, options)


async def create_junctions(unit: Unit, base: Base) -> None:
    """Make the junction tables of a base whose tables and fields are there."""
    table_id = await unit.session.scalar(select(Table.id).where(Table.base_id == base.id).limit(1))
    if table_id is None:
        return
    for table in (await base_of(unit, table_id)).tables.values():
        for field in table.fields:
            options = field.options
            if isinstance(options, LinkedRecordOptions) and not options.is_symmetric:
                await _create_junction(unit, options, table.sql_name)
                symmetric = options.linked_table.find_field(str(options.symmetric_field_id))
                if symmetric is not None and isinstance(symmetric.options, LinkedRecordOptions):
                    await _limit(unit, symmetric.options)


async def _limit(unit: Unit, options: LinkedRecordOptions) -> None:
    if not options.allow_multiple:
        await unit.connection.execute(links.limit_to_one(options.side))


async def _add_symmetric(unit: Unit, context: RequestContext, table: Table, other: Table, field: Field) -> Field:
    limits = context.services.limits
    statement = select(func.lower(Field.name), Field.position).where(Field.table_id == other.id)
    taken = {row[0]: row[1] for row in await unit.session.execute(statement)}
    if len(taken) >= limits.max_fields_per_table:
        raise BadRequest(f"The table {other.name!r} has {len(taken)} fields, and may have no more for the links.")
    symmetric = Field(
        id=new_id(Kind.FIELD),
        table_id=other.id,
        name=_free_name(table.name, taken, limits.max_name_length),
        type=field.type,
        options=dump_options(
            LinkedRecordOptions(linked_table_id=table.id, symmetric_field_id=field.id, is_symmetric=True)
        ),
        position=max(taken.values(), default=-1) + 1,
    )
    unit.session.add(symmetric)
    await unit.session.flush()
    return symmetric


def _free_name(name: str, taken: Collection[str], limit: int) -> str:
    """A name that no field has: that of the table, with a number where it is taken or means something else."""
    name = name.lstrip("$").strip() or "Links"
    n, free = 1, name
    while free.lower() in taken:
        n += 1
        free = f"{name[: limit - len(str(n)) - 1]} {n}"
    return free


async def remove_links(unit: Unit, table: Table, fields: Sequence[Field]) -> None:
    """Drop the junction tables of those of a table's fields that are links, and the symmetric fields.

    For whoever is about to delete the fields. Of a link of the table to itself both sides may be among them: the first
    takes the other one with it.
    """
    found = [field for field in fields if typed(field)[0].references == "record"]
    if not found:
        return
    metas = _fields_of(await base_of(unit, table.id))
    for field in found:
        options = metas[field.id].options
        if isinstance(options, LinkedRecordOptions) and field in unit.session:
            await drop_links(unit, options)


async def drop_links(unit: Unit, options: LinkedRecordOptions) -> None:
    """Drop the junction table of a link with these options, and the symmetric field; `fit_views` is for the caller."""
    await unit.connection.execute(links.drop_junction(options.side))
    symmetric = await unit.session.get(Field, options.symmetric_field_id)
    if symmetric is not None:
        await name_references(unit, symmetric)
        await unit.session.delete(symmetric)
        await unit.session.flush()


async def change_links(unit: Unit, side: Side, field: Field, *, allow_multiple: bool) -> None:
    """Have records take one linked record or several; raises `Conflict` where some have several already."""
    if allow_multiple:
        await unit.connection.execute(links.allow_many(side))
        return
    crowded = await unit.connection.fetchval(links.count_crowded(side))
    if crowded:
        raise Conflict(
            f"{crowded:,} records have several linked records in {field.name!r}: leave each one at most, first.",
            field=field.name,
        )
    await unit.connection.execute(links.limit_to_one(side))


async def require_links(unit: Unit, base: Base, table: Table, field: Field) -> None:
    """Raise `RequiredField` when records have no linked record."""
    options = await bound_field(unit, table.id, field.id)
    assert isinstance(options, LinkedRecordOptions)
    count = await unit.connection.fetchval(links.count_unlinked(options.side, sql_name(base, table)))
    if count:
        raise without_value(field, count)


async def bound_field(unit: Unit, table_id: UUID, field_id: UUID) -> BoundOptions:
    """The options of a field that refers to others, bound to what they refer to now."""
    options = _fields_of(await base_of(unit, table_id))[field_id].options
    assert isinstance(options, BoundOptions)
    return options


# --- those that depend on a field ---


async def broken_fields(unit: Unit, table_id: UUID) -> frozenset[UUID]:
    """The computed fields of the base that have no values."""
    return frozenset(id for id, field in _fields_of(await base_of(unit, table_id)).items() if _problem(field))


async def require_none_broken(unit: Unit, table_id: UUID, before: frozenset[UUID]) -> None:
    """Raise `Conflict` when a change has taken their values from fields that depend on what was changed."""
    base = await base_of(unit, table_id)
    broken = {id: field for id, field in _fields_of(base).items() if id not in before and _problem(field)}
    for table in base.tables.values():
        for field in table.fields:
            if field.id in broken:
                message = f"{table.name}.{field.name} depends on it and would have no values: {_problem(field)}"
                raise Conflict(message, field=field.name)


def _fields_of(base: BaseMeta) -> dict[UUID, FieldMeta]:
    return {field.id: field for table in base.tables.values() for field in table.fields}


def _problem(field: FieldMeta) -> str | None:
    return field.options.problem if isinstance(field.options, BoundOptions) else None
