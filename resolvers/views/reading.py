"""Finding the view that records are read through, for one version of its table's metadata.

A view changes with the schema version of its base, so it is kept like a statement, and read again with the next one.
"""

import json
from uuid import UUID

import asyncpg

from adapters.database import Unit
from domain.access.roles import Action
from domain.bases.catalog import TableMeta
from domain.errors import NotFound
from domain.views.filters import OrderJson, fitting_order, read_filter_json, read_order_json
from domain.views.meta import ViewMeta
from domain.views.registry import view_type
from resolvers.access import missing
from resolvers.context import RequestContext
from resolvers.records.tables import Stale, no_table, require_current
from resolvers.statements import StatementCache

_LOAD = """
SELECT b.schema_version, v.id, v.owner_id, v.filter::text AS filter, v.order_by::text AS order_by,
       v.type, v.config::text AS config
  FROM bases b LEFT JOIN (SELECT * FROM views WHERE id = $2 AND table_id = $3) v ON true
 WHERE b.id = $1
"""


async def find_view(context: RequestContext, unit: Unit, table: TableMeta, view_id: UUID | None) -> ViewMeta | None:
    """The view of the table that the caller reads records through; None for none.

    Raises `NotFound` for one that is not there, or is somebody else's; for who may not see the table that says of it
    what a read of it would. Raises `Stale` where the table's metadata are. Whether the caller may read is not checked.
    """
    try:
        view = await current_view(context.statements_of(table), unit, table, view_id)
    except NotFound:
        await require_current(context, unit, table, Action.READ, lambda: no_table(table.id))
        raise
    is_hidden = view is not None and table.profile is not None and view.id in table.profile.hidden_views
    if view is None or (view.owner_id in (None, context.user_id) and not is_hidden):
        return view
    await require_current(context, unit, table, Action.READ, lambda: no_table(table.id))
    raise missing("view", view.id)


async def current_view(
    statements: StatementCache, unit: Unit, table: TableMeta, view_id: UUID | None
) -> ViewMeta | None:
    """The view of the table, whoever reads through it; raises `NotFound`, or `Stale` where the metadata are."""
    if view_id is None:
        return None
    key = ("view", view_id)
    view = statements.find(table, key, ViewMeta)
    if view is None:
        row = await unit.connection.fetchrow(_LOAD, table.base_id, view_id, table.id)
        if row is None or row["schema_version"] != table.schema_version:
            raise Stale
        if row["id"] is None:
            raise missing("view", view_id)
        loaded = _meta(row, table)
        view = statements.get(table, key, lambda: loaded)
    return view


def _meta(row: asyncpg.Record, table: TableMeta) -> ViewMeta:
    """Its filter holds whoever reads through it; by what a caller may not see, nothing is sorted or grouped."""
    filter, order_by = row["filter"], row["order_by"]
    keep = fitting_order if table.profile is not None else _as_it_is
    type, config = view_type(row["type"]), json.loads(row["config"])
    group = config.get("group_field_id")
    return ViewMeta(
        id=row["id"],
        owner_id=row["owner_id"],
        filter=None if filter is None else read_filter_json(json.loads(filter), of_view=table.profile is not None),
        sorts=read_order_json(keep(json.loads(order_by), table)),
        size=len(filter or "") + len(order_by),
        group_field_id=None if group is None or table.find_field(group) is None else group,
        span=type.span(config),
    )


def _as_it_is(order: OrderJson, _: TableMeta) -> OrderJson:
    return order
