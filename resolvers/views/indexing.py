"""The indexes that views refer to: found or asked for when a view changes; they are built and dropped elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from adapters.database import Unit
from domain.bases.catalog import TableMeta
from domain.errors import BadRequest
from domain.views.filters import read_filter_json, read_order_json
from domain.views.indexes import DROPPING, IndexDefinition, IndexStatus, definition_of
from models import View, ViewIndex
from resolvers.building import hold
from resolvers.context import RequestContext
from resolvers.loader import Loader
from resolvers.views.index_building import ViewIndexBuilder

_OF_BASE: Final = """
SELECT i.number FROM view_indexes i JOIN tables t ON t.id = i.table_id WHERE t.base_id = $1 ORDER BY i.number
"""


class ViewIndexLoader(Loader[int, ViewIndex]):
    """The indexes of views by their numbers; for views that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[int]) -> Mapping[int, ViewIndex]:
        """See `Loader.fetch`."""
        found = await unit.session.scalars(
            select(ViewIndex).where(ViewIndex.number.in_(keys), ViewIndex.status != DROPPING)
        )
        return {index.number: index for index in found}


async def fit_index(unit: Unit, view: View, table: TableMeta, *, at_most: int | None = None) -> None:
    """Have a view refer to the index that its filter and order need, to none where it wants none.

    The base must be locked. Raises `BadRequest` where the other views of the table need `at_most` already.
    """
    definition = _definition(view, table) if view.is_indexed else None
    if definition is None:
        view.index_number = None
        return
    same = select(ViewIndex).where(ViewIndex.table_id == table.id, ViewIndex.digest == definition.digest)
    index = await unit.session.scalar(same.with_for_update().execution_options(populate_existing=True))
    if index is None:
        await _require_room(unit, view, at_most)
        index = ViewIndex(table_id=table.id, digest=definition.digest, columns=list(definition.columns))
        unit.session.add(index)
    if index.status != IndexStatus.ACTIVE.value:
        index.status, index.problem = IndexStatus.PENDING.value, None
    await unit.session.flush()
    view.index_number = index.number


async def fit_indexes(unit: Unit, views: Sequence[View], tables: Mapping[UUID, TableMeta]) -> None:
    """As `fit_index`, for views of tables by id. Those whose index is there and is still the right one cost nothing."""
    indexed = [view for view in views if view.is_indexed]
    if not indexed:
        return
    of_views = select(ViewIndex).where(ViewIndex.number.in_({view.index_number for view in indexed}))
    digests: dict[int | None, bytes] = {
        index.number: index.digest
        for index in await unit.session.scalars(of_views)
        if index.status == IndexStatus.ACTIVE.value
    }
    for view in indexed:
        table = tables[view.table_id]
        definition = _definition(view, table)
        if definition is None or digests.get(view.index_number) != definition.digest:
            await fit_index(unit, view, table)


async def hold_indexes(context: RequestContext, unit: Unit, base_id: UUID) -> None:
    """Keep the indexes of a base's views from being built until the transaction ends, and stop those that are.

    For whoever changes tables of the base, which must be locked: PostgreSQL changes no table while an index of it is
    built, nor one that refers to it.
    """
    numbers = [row[0] for row in await unit.connection.fetch(_OF_BASE, base_id)]
    await hold(unit, ViewIndexBuilder.lock, numbers)
    if numbers:
        unit.after_commit(context.services.view_indexes.wake)


def _definition(view: View, table: TableMeta) -> IndexDefinition | None:
    filter = None if view.filter is None else read_filter_json(view.filter)
    return definition_of(filter, read_order_json(view.order_by), table)


async def _require_room(unit: Unit, view: View, at_most: int | None) -> None:
    others = select(func.count(View.index_number.distinct())).where(View.table_id == view.table_id, View.id != view.id)
    count = await unit.session.scalar(others)
    if at_most is not None and count is not None and count >= at_most:
        raise BadRequest(f"The views of a table may need at most {at_most} indexes.", argument="isIndexed")
