"""Finds views for a caller: those that all members see, and the caller's own."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from adapters.database import Unit
from models import Base, Table, View, WorkspaceMember
from resolvers.access import missing, visible_to
from resolvers.catalog_loader import among, grouped
from resolvers.context import RequestContext
from resolvers.loader import Loader
from resolvers.reach import is_mine
from resolvers.tables import get_table


class ViewLoader(Loader[UUID, View]):
    """Views by id, of workspaces that the caller is a member of; no personal ones of others."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, View]:
        """See `Loader.fetch`."""
        mine = is_mine(self.context, Base.workspace_id, Base.id)
        statement = select(View).join(Table, Table.id == View.table_id).join(Base, Base.id == Table.base_id)
        statement = statement.join(WorkspaceMember, mine).where(among(View.id, keys), visible_to(self.context))
        return {view.id: view for view in await unit.session.scalars(statement)}


class ViewsLoader(Loader[UUID, list[View]]):
    """The views of tables in their order; for tables that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, list[View]]:
        """See `Loader.fetch`."""
        statement = select(View).where(among(View.table_id, keys), visible_to(self.context))
        found = await unit.session.scalars(statement.order_by(View.position, View.id))
        return grouped(keys, ((view.table_id, view) for view in found))


async def list_views(context: RequestContext, table_id: UUID) -> list[View]:
    """The views of a table in their order."""
    await get_table(context, table_id)
    return await context.loader(ViewsLoader).load(table_id) or []


async def get_view(context: RequestContext, view_id: UUID) -> View:
    """The view; raises `NotFound` when the caller may not see it."""
    found = await context.loader(ViewLoader).load(view_id)
    if found is None:
        raise missing("view", view_id)
    return found
