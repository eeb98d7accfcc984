"""Which fields of tables a caller may set, whose type can be set at all."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from adapters.database import Unit
from domain.access.roles import Action, roles_that_may
from models import Base, Table, table_members
from resolvers.catalog_loader import among
from resolvers.loader import Loader
from resolvers.reach import is_overridden, sees_table
from resolvers.visible_fields import CallersTables


class FixedFieldsLoader(Loader[UUID, frozenset[UUID]]):
    """The fields that the caller may not set, of tables in which they may write; nothing for other tables."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, frozenset[UUID]]:
        """See `Loader.fetch`. One statement more for each base with rules."""
        roles = [role.value for role in roles_that_may(Action.WRITE_RECORDS)]
        statement = select(Table.id, is_overridden(self.context)).join(Base, Base.id == Table.base_id)
        statement = statement.join(table_members, sees_table(self.context))
        statement = statement.where(among(Table.id, keys), table_members.c.role.in_(roles))
        tables, found = CallersTables(self.context, unit), {}
        for id, is_concerned in await unit.session.execute(statement):
            found[id] = (await tables.get(id)).fixed_fields if is_concerned else frozenset()
        return found
