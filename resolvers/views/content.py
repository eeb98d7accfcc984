"""The content of views in the catalog, and what becomes of it when the fields of their table change."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from adapters.database import Unit
from domain.bases.catalog import TableMeta
from domain.views.content import ViewContent, fitting_content
from domain.views.registry import view_type
from models import View
from resolvers.metadata import TableKey, load_base
from resolvers.views.indexing import fit_index


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


async def fit_views(unit: Unit, table_id: UUID, unreadable: Collection[str] = ()) -> None:
    """Drop what the views of a table say of fields that are gone, or of which it is not true any longer.

    For whoever has changed or deleted fields of the table, whose base must be locked. `unreadable` are the ids of
    fields whose values in conditions have lost their meaning.
    """
    views = list(await unit.session.scalars(select(View).filter_by(table_id=table_id)))
    if not views:
        return
    await unit.session.flush()
    table = await table_of(unit, table_id)
    for view in views:
        content = content_of(view)
        fitting = fitting_content(content, view_type(view.type), table, unreadable)
        if fitting != content:
            set_content(view, fitting)
        await fit_index(unit, view, table)
