"""Fields of tables: who may see, make, reorder and delete them."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select

from adapters.database import Unit
from domain.access.roles import Action
from domain.bases import ddl
from domain.bases.definitions import FieldDefinition, FieldDraft, define_field
from domain.errors import BadRequest
from domain.ids import Kind, new_id
from models import Base, Field, Table, WorkspaceMember
from resolvers.access import load_table, missing
from resolvers.catalog_loader import among, grouped
from resolvers.context import RequestContext
from resolvers.duplicate_names import FIELD_NAMES, refusing_duplicates
from resolvers.field_columns import column_of, field_model, index_field, sql_name
from resolvers.loader import Loader
from resolvers.schema_changes import changed, schema_change
from resolvers.tables import get_table


class FieldLoader(Loader[UUID, Field]):
    """Fields by id, of workspaces that the caller is a member of."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, Field]:
        """See `Loader.fetch`."""
        mine = (WorkspaceMember.workspace_id == Base.workspace_id) & (WorkspaceMember.user_id == self.context.user_id)
        statement = select(Field).join(Table, Table.id == Field.table_id).join(Base, Base.id == Table.base_id)
        found = await unit.session.scalars(statement.join(WorkspaceMember, mine).where(among(Field.id, keys)))
        return {field.id: field for field in found}


class FieldsLoader(Loader[UUID, list[Field]]):
    """The fields of tables in their order; for tables that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, list[Field]]:
        """See `Loader.fetch`."""
        statement = select(Field).where(among(Field.table_id, keys)).order_by(Field.position, Field.number)
        return grouped(keys, ((field.table_id, field) for field in await unit.session.scalars(statement)))


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


async def create_field(context: RequestContext, table_id: UUID, draft: FieldDraft) -> Field:
    """A new field, the last of its table. A required one fills the records that are there with its default value."""
    async with schema_change(context) as unit:
        table, base = await load_table(unit, context, table_id, Action.CHANGE_SCHEMA, lock=True)
        definition = define_field(draft, name_limit=context.services.limits.max_name_length, loc=("field",))
        field = await _insert(unit, context, table, definition)
        await _add_column(unit, base, table, field)
        changed(context, unit, base)
        return field


async def _insert(unit: Unit, context: RequestContext, table: Table, definition: FieldDefinition) -> Field:
    limit = context.services.limits.max_fields_per_table
    statement = select(func.count(), func.max(Field.position)).where(Field.table_id == table.id)
    count, last = (await unit.session.execute(statement)).one()
    if count >= limit:
        raise BadRequest(f"A table may have at most {limit} fields.")
    field = field_model(definition, new_id(Kind.FIELD), table.id, last + 1)
    unit.session.add(field)
    message = f"The table {table.name!r} has a field {field.name!r} already; case does not count."
    with refusing_duplicates(FIELD_NAMES, message, value=field.name):
        await unit.session.flush()
    return field


async def _add_column(unit: Unit, base: Base, table: Table, field: Field) -> None:
    column = column_of(field)
    if column is not None:
        await unit.connection.execute(ddl.add_column(sql_name(base, table), column))
    if field.is_indexed:
        await index_field(unit, base, table, field)
