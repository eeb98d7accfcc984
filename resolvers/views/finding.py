"""Finds views for a caller: those that all members see, and the caller's own."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Select, select

from adapters.database import Unit
from models import Base, Table, View, view_members
from resolvers.access import missing, visible_to
from resolvers.catalog_loader import among, grouped
from resolvers.context import RequestContext
from resolvers.loader import Loader
from resolvers.reach import is_overridden, sees_view
from resolvers.tables import get_table
from resolvers.views.open import visible_views


class ViewLoader(Loader[UUID, View]):
    """Views by id, of workspaces that the caller is a member of; no personal ones of others."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, View]:
        """See `Loader.fetch`."""
        statement = _visible(self.context).where(among(View.id, keys))
        found = await unit.session.execute(statement)
        return {view.id: view for view in await visible_views(self.context, unit, found)}


class ViewsLoader(Loader[UUID, list[View]]):
    """The views of tables in their order; for tables that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, list[View]]:
        """See `Loader.fetch`."""
        statement = _visible(self.context).where(among(View.table_id, keys))
        found = await unit.session.execute(statement.order_by(View.position, View.id))
        views = await visible_views(self.context, unit, found)
        return grouped(keys, ((view.table_id, view) for view in views))


def _visible(context: RequestContext) -> Select[View, bool]:
    """The views that the caller may see, each with whether it may say more than the caller may know."""
    statement = select(View, is_overridden(context)).join(Table, Table.id == View.table_id)
    statement = statement.join(Base, Base.id == Table.base_id).join(view_members, sees_view(context))
    return statement.where(visible_to(context))


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
