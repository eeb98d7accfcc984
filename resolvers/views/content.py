"""The content of views in the catalog, and what becomes of it when the fields of their table change."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from adapters.database import Unit
from domain.bases.catalog import TableMeta
from domain.views.content import ViewContent, fitting_content
from domain.views.registry import view_type
from models import Base, Table, View
from resolvers.metadata import TableKey, load_base
from resolvers.views.indexing import fit_indexes


def content_of(view: View) -> ViewContent:
    """What a view says of its table."""
    return ViewContent(view.config, view.filter, view.order_by, view.field_ids, view.hidden_field_ids, view.color_rules)


def set_content(view: View, content: ViewContent) -> None:
    """Have a view say this."""
    for name in ViewContent.__slots__:
        setattr(view, name, getattr(content, name))


async def table_of(unit: Unit, table_id: UUID) -> TableMeta:
    """The metadata of a table that is there, as this transaction has left it."""
    loaded = await load_base(unit, TableKey(id=table_id))
    assert loaded is not None
    return loaded.base.tables[table_id]


async def fit_views(unit: Unit, base: Base, unreadable: Collection[str] = ()) -> None:
    """Drop what the views of a base say of fields that are gone, or of which it is not true any longer.

    For whoever has changed or deleted fields or tables of the base, which must be locked: views of other tables show
    what is computed from those. `unreadable` are the ids of fields whose values in conditions have lost their meaning.
    """
    await unit.session.flush()
    of_base = select(View).join(Table, Table.id == View.table_id).where(Table.base_id == base.id)
    views = list(await unit.session.scalars(of_base.order_by(View.id)))
    if not views:
        return
    tables = (await table_of(unit, views[0].table_id)).siblings
    for view in views:
        content = content_of(view)
        fitting = fitting_content(content, view_type(view.type), tables[view.table_id], unreadable)
        if fitting != content:
            set_content(view, fitting)
    await fit_indexes(unit, views, tables)
