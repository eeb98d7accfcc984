"""Whether a stream over a table may begin; that it may go on is looked after by its feed."""

from collections.abc import Callable
from uuid import UUID

from domain.access.profile import Profile
from domain.access.roles import Action
from domain.bases.catalog import TableMeta
from domain.views.meta import ViewMeta
from resolvers.context import RequestContext
from resolvers.records.tables import no_table, require_current, with_table
from resolvers.views.reading import find_view


async def require_readable(
    context: RequestContext, table_id: UUID, view_id: UUID | None, check: Callable[[TableMeta, ViewMeta | None], None]
) -> Profile | None:
    """Whom the table's metadata must be for; raises what a read of the table, or of a view of it, would.

    That is for a caller who may not see it, or what `check` finds by its metadata.
    """
    async with context.services.streams.turns, context.unit() as unit:

        async def work(table: TableMeta) -> Profile | None:
            await require_current(context, unit, table, Action.READ, lambda: no_table(table_id))
            check(table, await find_view(context, unit, table, view_id))
            return table.profile

        return await with_table(context, unit, table_id, work, Action.READ)
