"""Views as a caller may know them: what they say of fields that the caller may not see is left out, though it holds."""

from collections.abc import Iterable

from sqlalchemy import Row, inspect

from adapters.database import Unit
from domain.bases.catalog import TableMeta
from domain.errors import Forbidden
from domain.views.content import ViewContent, fitting_content
from domain.views.contract import ViewType
from domain.views.forms import asked_for
from domain.views.registry import view_type
from models import View
from resolvers.context import RequestContext
from resolvers.narrowing import for_caller
from resolvers.views.content import content_of, set_content, table_of
from resolvers.visible_fields import CallersTables


async def visible_views(context: RequestContext, unit: Unit, rows: Iterable[Row[View, bool]]) -> list[View]:
    """The views, of which those that come with True say nothing of fields that the caller may not see."""
    tables, found = CallersTables(context, unit), []
    for view, is_overridden in rows:
        found.append(open_view(view, await tables.get(view.table_id)) if is_overridden else view)
    return found


def open_view(view: View, table: TableMeta) -> View:
    """What callers may know of a view for whom these metadata are: a copy, of which no change is kept."""
    names = [attribute.key for attribute in inspect(View).column_attrs]
    copy = View(**{name: getattr(view, name) for name in names})
    set_content(copy, fitting_content(content_of(view), view_type(view.type), table))
    return copy


async def shown(context: RequestContext, unit: Unit, views: list[View]) -> list[View]:
    """The views of one table, which were just changed, as the caller may know them."""
    if not views:
        return views
    await unit.session.flush()
    table = await for_caller(context, unit, await table_of(unit, views[0].table_id))
    return views if table.profile is None else [open_view(view, table) for view in views]


def require_open(view: View, table: TableMeta) -> None:
    """Raise `Forbidden` where a view says something that the caller, for whom the metadata are, may not know."""
    content = content_of(view)
    if table.profile is not None and fitting_content(content, view_type(view.type), table) != content:
        raise Forbidden("You may not change this view: it names fields that you may not see.")


def require_writable(type: ViewType, before: ViewContent, content: ViewContent, table: TableMeta) -> None:
    """Raise `Forbidden` where a form comes to ask for a field that the caller may not write: others would, by it."""
    if not table.fixed_fields or not type.is_form:
        return
    new = set(_asked_for(content)).difference(_asked_for(before))
    fixed = [field for field in table.fields if field.id in table.fixed_fields and str(field.id) in new]
    if fixed:
        raise Forbidden(f"You may not have a form ask for {fixed[0].name!r}: you may not write it.")


def _asked_for(content: ViewContent) -> list[str]:
    return asked_for(content.config, content.hidden_field_ids) if content.config else []
