"""Fields of tables: who may see, make, reorder and delete them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select

from adapters.database import Unit
from domain.access.roles import Action
from domain.bases import ddl, filling
from domain.bases.definitions import FieldDefinition, FieldDraft, define_field, in_zone
from domain.bases.ordering import require_whole_order
from domain.errors import BadRequest, Conflict
from domain.fields.registry import field_type
from domain.ids import Kind, new_id
from models import Base, Field, Table, table_members
from resolvers.access import load_field, load_table, missing
from resolvers.catalog_loader import among, grouped
from resolvers.constraints.making import hold_constraints
from resolvers.context import RequestContext
from resolvers.duplicate_names import FIELD_NAMES, refusing_duplicates
from resolvers.field_columns import add_column, field_model, index_field, sql_name, typed
from resolvers.field_values import check_default, default_literal, without_value
from resolvers.formulas import fit_formulas, name_references
from resolvers.loader import Loader
from resolvers.option_names import with_option_ids
from resolvers.reach import is_overridden, sees_table
from resolvers.relations import bind_new, remove_links
from resolvers.schema_changes import changed, schema_change
from resolvers.tables import get_table
from resolvers.views.content import fit_views
from resolvers.views.indexing import hold_indexes
from resolvers.visible_fields import visible_fields


class FieldLoader(Loader[UUID, Field]):
    """Fields by id, of workspaces that the caller is a member of."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, Field]:
        """See `Loader.fetch`."""
        statement = select(Field, is_overridden(self.context)).join(Table, Table.id == Field.table_id)
        statement = statement.join(Base, Base.id == Table.base_id).join(table_members, sees_table(self.context))
        found = await unit.session.execute(statement.where(among(Field.id, keys)))
        return {field.id: field for field in await visible_fields(self.context, unit, found)}


class FieldsLoader(Loader[UUID, list[Field]]):
    """The fields of tables in their order; for tables that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, list[Field]]:
        """See `Loader.fetch`."""
        statement = select(Field, is_overridden(self.context)).join(Table, Table.id == Field.table_id)
        statement = statement.join(Base, Base.id == Table.base_id).where(among(Field.table_id, keys))
        found = await unit.session.execute(statement.order_by(Field.position, Field.number))
        fields = await visible_fields(self.context, unit, found)
        return grouped(keys, ((field.table_id, field) for field in fields))


async def list_fields(context: RequestContext, table_id: UUID) -> list[Field]:
    """The fields of a table in their order."""
    await get_table(context, table_id)
    return await context.loader(FieldsLoader).load(table_id) or []


async def get_field(context: RequestContext, field_id: UUID) -> Field:
    """The field; raises `NotFound` when the caller may not see it."""
    found = await context.loader(FieldLoader).load(field_id)
    if found is None:
        raise missing("field", field_id)
    return found


async def readable_options(
    context: RequestContext, table_id: UUID, type_key: str, options: Mapping[str, object]
) -> Mapping[str, object]:
    """The options of an expression as clients read them: it names other fields as these are called now."""
    fields = await context.loader(FieldsLoader).load(table_id) or []
    return field_type(type_key).readable(options, {field.id: field.name for field in fields})


async def create_field(context: RequestContext, table_id: UUID, draft: FieldDraft) -> Field:
    """A new field, the last of its table. A required one fills the records that are there with its default value."""
    async with schema_change(context) as unit:
        table, base = await load_table(unit, context, table_id, Action.CHANGE_SCHEMA, lock=True)
        await hold_indexes(context, unit, base.id)
        return await add_field(unit, context, base, table, draft)


async def add_field(unit: Unit, context: RequestContext, base: Base, table: Table, draft: FieldDraft) -> Field:
    """A new field of a table, whose base must be locked."""
    id, place = new_id(Kind.FIELD), ("field",)
    [draft] = await with_option_ids(unit, base, table, [draft], [id], [place])
    draft = in_zone(draft, context.services.profile.time_zone)
    definition = define_field(draft, limits=context.services.limits.texts, loc=place)
    field = await _insert(unit, context, table, id, definition)
    await check_default(unit, base, field)
    await add_column(unit, base, table, field, default=await _default_for_all(unit, base, table, field))
    await index_field(unit, base, table, field)
    await bind_new(unit, context, base, table, [field], [place])
    await fit_formulas(unit, base, [table], wanted=field.id)
    changed(context, unit, base)
    return field


async def delete_field(context: RequestContext, field_id: UUID) -> None:
    """Delete the field and its values; raises `Conflict` for the primary field of its table."""
    async with schema_change(context) as unit:
        field, table, base = await load_field(unit, context, field_id, Action.CHANGE_SCHEMA, lock=True)
        if table.primary_field_id == field.id:
            raise Conflict(
                f"{field.name!r} is the primary field of {table.name!r}: make another field the primary one first.",
                field=field.name,
            )
        await hold_constraints(unit, field.id)
        await hold_indexes(context, unit, base.id)
        await name_references(unit, field)
        type, options = typed(field)
        if type.has_column(options):
            await unit.connection.execute(ddl.drop_column(sql_name(base, table), field.number))
        await remove_links(unit, table, [field])
        await unit.session.delete(field)
        await unit.session.flush()
        await fit_formulas(unit, base, [table])
        await fit_views(unit, base)
        changed(context, unit, base)


async def reorder_fields(context: RequestContext, table_id: UUID, field_ids: Sequence[UUID]) -> list[Field]:
    """The fields of a table in a new order, which must name each of them once."""
    async with schema_change(context) as unit:
        table, base = await load_table(unit, context, table_id, Action.CHANGE_SCHEMA, lock=True)
        fields = {field.id: field for field in await unit.session.scalars(select(Field).filter_by(table_id=table.id))}
        require_whole_order(field_ids, fields, "field", "fieldIds")
        for position, id in enumerate(field_ids):
            fields[id].position = position
        changed(context, unit, base)
    return [fields[id] for id in field_ids]


async def _insert(unit: Unit, context: RequestContext, table: Table, id: UUID, definition: FieldDefinition) -> Field:
    limit = context.services.limits.max_fields_per_table
    statement = select(func.count(), func.max(Field.position)).where(Field.table_id == table.id)
    count, last = (await unit.session.execute(statement)).one()
    if count >= limit:
        raise BadRequest(f"A table may have at most {limit} fields.")
    field = field_model(definition, id, table.id, last + 1)
    unit.session.add(field)
    with refusing_duplicates(FIELD_NAMES, name_is_taken(table, field), value=field.name):
        await unit.session.flush()
    return field


def name_is_taken(table: Table, field: Field) -> str:
    """The message for a field whose name another field of the table has."""
    return f"The table {table.name!r} has a field {field.name!r} already; case does not count."


async def _default_for_all(unit: Unit, base: Base, table: Table, field: Field) -> str | None:
    """The SQL literal that the records that are there get: a required field may leave none of them empty."""
    if not field.is_required:
        return None
    if field.default_value is not None:
        return await default_literal(unit, field)
    name = sql_name(base, table)
    await unit.connection.execute(ddl.lock_writers_out(name))
    count = await unit.connection.fetchval(filling.count_records(name))
    if count:
        raise without_value(field, count)
    return None
