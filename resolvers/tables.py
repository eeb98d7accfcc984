"""Tables: who may see, make, change and delete them, and the PostgreSQL tables behind them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select

from adapters.database import Unit
from domain.access.roles import Action
from domain.bases import ddl
from domain.bases.definitions import DEFAULT_PRIMARY, FieldDraft, Place, define_fields, in_zone, require_primary
from domain.bases.ordering import require_whole_order
from domain.errors import BadRequest
from domain.fields.computed import BoundOptions
from domain.ids import Kind, new_id, new_ids
from domain.names import clean_description, clean_name
from domain.unchanged import UNCHANGED, Unchanged
from models import Base, Field, Table, table_members
from resolvers.access import load_base, load_table, missing
from resolvers.bases import get_base
from resolvers.catalog_loader import among, grouped
from resolvers.constraints.making import hold_constraints
from resolvers.context import RequestContext
from resolvers.data_permissions.titles import require_open_title
from resolvers.duplicate_names import FIELD_NAMES, TABLE_NAMES, refusing_duplicates
from resolvers.field_columns import column_of, field_model, index_field, sql_name, typed
from resolvers.field_values import check_default
from resolvers.formulas import fit_formulas
from resolvers.loader import Loader
from resolvers.option_names import with_option_ids
from resolvers.reach import sees_table
from resolvers.relations import base_of, bind_new, remove_links
from resolvers.schema_changes import changed, schema_change
from resolvers.views.content import fit_views
from resolvers.views.indexing import hold_indexes


class TableLoader(Loader[UUID, Table]):
    """Tables by id, of workspaces that the caller is a member of."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, Table]:
        """See `Loader.fetch`."""
        mine = sees_table(self.context)
        statement = select(Table).join(Base, Base.id == Table.base_id).join(table_members, mine)
        found = await unit.session.scalars(statement.where(among(Table.id, keys)))
        return {table.id: table for table in found}


class TablesLoader(Loader[UUID, list[Table]]):
    """The tables of bases in their order; for bases that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, list[Table]]:
        """See `Loader.fetch`."""
        statement = select(Table).join(Base, Base.id == Table.base_id).join(table_members, sees_table(self.context))
        statement = statement.where(among(Table.base_id, keys)).order_by(Table.position, Table.number)
        return grouped(keys, ((table.base_id, table) for table in await unit.session.scalars(statement)))


async def list_tables(context: RequestContext, base_id: UUID) -> list[Table]:
    """The tables of a base in their order."""
    await get_base(context, base_id)
    return await context.loader(TablesLoader).load(base_id) or []


async def get_table(context: RequestContext, table_id: UUID) -> Table:
    """The table; raises `NotFound` when the caller may not see it."""
    found = await context.loader(TableLoader).load(table_id)
    if found is None:
        raise missing("table", table_id)
    return found


async def create_table(
    context: RequestContext,
    base_id: UUID,
    name: str,
    *,
    fields: Sequence[FieldDraft] = (),
    description: str | None = None,
) -> Table:
    """A new table; its first field is the primary one, a text field "Name" where none are given."""
    async with schema_change(context) as unit:
        base = await load_base(unit, context, base_id, Action.CHANGE_SCHEMA, lock=True)
        return await add_table(unit, context, base, name, fields=fields or [DEFAULT_PRIMARY], description=description)


async def add_table(
    unit: Unit,
    context: RequestContext,
    base: Base,
    name: str,
    *,
    fields: Sequence[FieldDraft],
    description: str | None = None,
) -> Table:
    """A new table of a base, which must be locked."""
    limits = context.services.limits
    name = clean_name(name, "table", limit=limits.max_name_length)
    if len(fields) > limits.max_fields_per_table:
        raise BadRequest(f"A table may have at most {limits.max_fields_per_table} fields, not {len(fields):,}.")
    table = Table(
        id=new_id(Kind.TABLE),
        base_id=base.id,
        name=name,
        description=clean_description(description, limit=limits.max_description_length),
        position=await _next_position(unit, context, base),
    )
    models = await _new_fields(unit, context, base, table, fields)
    table.primary_field_id = models[0].id
    await _insert(unit, table, models)
    for field in models:
        await check_default(unit, base, field)
    await create_columns(unit, base, table, models)
    await bind_new(unit, context, base, table, models, [("fields", index) for index in range(len(models))])
    await fit_formulas(unit, base, [table])
    changed(context, unit, base)
    return table


async def _new_fields(
    unit: Unit, context: RequestContext, base: Base, table: Table, drafts: Sequence[FieldDraft]
) -> list[Field]:
    ids = new_ids(Kind.FIELD, len(drafts))
    places: list[Place] = [("fields", index) for index in range(len(drafts))]
    drafts = await with_option_ids(unit, base, table, drafts, ids, places)
    drafts = [in_zone(draft, context.services.profile.time_zone) for draft in drafts]
    definitions = define_fields(drafts, limits=context.services.limits.texts)
    require_primary(definitions[0].name, definitions[0].type, definitions[0].options)
    return [
        field_model(definition, id, table.id, position)
        for position, (id, definition) in enumerate(zip(ids, definitions, strict=True))
    ]


async def update_table(
    context: RequestContext,
    table_id: UUID,
    *,
    name: str | None = None,
    description: str | Unchanged | None = UNCHANGED,
    primary_field_id: UUID | None = None,
) -> Table:
    """The table with the changes; None for name or primary field leaves it as it is."""
    async with schema_change(context) as unit:
        table, base = await load_table(unit, context, table_id, Action.CHANGE_SCHEMA, lock=True)
        limits = context.services.limits.texts
        if name is not None:
            table.name = clean_name(name, "table", limit=limits.name)
        if description is not UNCHANGED:
            table.description = clean_description(description, limit=limits.description)
        if primary_field_id is not None:
            table.primary_field_id = await _primary_field(unit, table, primary_field_id)
        with refusing_duplicates(TABLE_NAMES, f"The base has a table {table.name!r} already.", value=table.name):
            await unit.session.flush()
        if primary_field_id is not None:
            await _require_title(unit, table)
        changed(context, unit, base)
    return table


async def delete_table(context: RequestContext, table_id: UUID) -> None:
    """Delete the table with its fields and records."""
    async with schema_change(context) as unit:
        table, base = await load_table(unit, context, table_id, Action.CHANGE_SCHEMA, lock=True)
        await hold_constraints(unit, table.id)
        await hold_indexes(context, unit, base.id)
        await remove_links(unit, table, list(await unit.session.scalars(select(Field).filter_by(table_id=table.id))))
        await unit.connection.execute(ddl.drop_table(sql_name(base, table)))
        await unit.session.delete(table)
        await fit_views(unit, base)
        changed(context, unit, base)


async def reorder_tables(context: RequestContext, base_id: UUID, table_ids: Sequence[UUID]) -> list[Table]:
    """The tables of a base in a new order, which must name each of them once."""
    async with schema_change(context) as unit:
        base = await load_base(unit, context, base_id, Action.CHANGE_SCHEMA, lock=True)
        tables = {table.id: table for table in await unit.session.scalars(select(Table).filter_by(base_id=base.id))}
        require_whole_order(table_ids, tables, "table", "tableIds")
        for position, id in enumerate(table_ids):
            tables[id].position = position
        changed(context, unit, base)
    return [tables[id] for id in table_ids]


async def _primary_field(unit: Unit, table: Table, field_id: UUID) -> UUID:
    field = await unit.session.get(Field, field_id)
    if field is None or field.table_id != table.id:
        raise BadRequest(f"The table {table.name!r} has no field with id {field_id}.", argument="primaryFieldId")
    require_primary(field.name, *typed(field))
    return field.id


async def _require_title(unit: Unit, table: Table) -> None:
    """Raise `BadRequest` where the new primary field of a table has no values, or not for everybody."""
    meta = (await base_of(unit, table.id)).tables[table.id]
    field = meta.primary_field
    if isinstance(field.options, BoundOptions) and field.options.problem is not None:
        raise BadRequest(
            f"The field {field.name!r} cannot be the primary field. {field.options.problem}", field=field.name
        )
    await require_open_title(unit, meta)


async def _next_position(unit: Unit, context: RequestContext, base: Base) -> int:
    limit = context.services.limits.max_tables_per_base
    statement = select(func.count(), func.max(Table.position)).where(Table.base_id == base.id)
    count, last = (await unit.session.execute(statement)).one()
    if count >= limit:
        raise BadRequest(f"A base may have at most {limit} tables.")
    return 0 if last is None else last + 1


async def _insert(unit: Unit, table: Table, fields: Sequence[Field]) -> None:
    unit.session.add(table)
    with refusing_duplicates(TABLE_NAMES, f"The base has a table {table.name!r} already.", value=table.name):
        await unit.session.flush()
    unit.session.add_all(fields)
    with refusing_duplicates(FIELD_NAMES, "Two of the fields have the same name.", value=None):
        await unit.session.flush()


async def create_columns(unit: Unit, base: Base, table: Table, fields: Sequence[Field]) -> None:
    """Make the PostgreSQL table behind a new table, with the columns and indexes of its fields."""
    columns = [column for column in map(column_of, fields) if column is not None]
    await unit.connection.execute(ddl.create_table(base.number, table.number, columns))
    for field in fields:
        await index_field(unit, base, table, field)
