"""Default values that name a member who leaves: every new record would be refused for them."""

from uuid import UUID

from sqlalchemy import Text, cast, select

from adapters.database import Unit
from domain.fields.registry import field_types
from models import Base, Field, Table
from resolvers.context import RequestContext
from resolvers.schema_changes import changed, sign_changes


async def drop_defaults(unit: Unit, context: RequestContext, workspace_id: UUID, user_id: UUID) -> None:
    """Drop the default values of the workspace's fields that name this user, as the copy of a base does."""
    types = [type.key for type in field_types().values() if type.references == "user"]
    statement = select(Field, Base).join(Table, Table.id == Field.table_id).join(Base, Base.id == Table.base_id)
    statement = statement.where(Base.workspace_id == workspace_id, Field.type.in_(types))
    statement = statement.where(cast(Field.default_value, Text).contains(str(user_id))).order_by(Base.id)
    found = (await unit.session.execute(statement.with_for_update(key_share=True, of=(Base, Field)))).all()
    if found:
        await sign_changes(context, unit)
    for field, _ in found:
        field.default_value = None
    for base in {base.id: base for _, base in found}.values():
        changed(context, unit, base)
