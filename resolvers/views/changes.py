"""Making, changing, copying, ordering and deleting views: what all members see, editors change; each their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from adapters.database import Unit
from domain.access.roles import Action
from domain.bases.ordering import require_whole_order
from domain.errors import BadRequest, Conflict
from domain.ids import Kind, new_id
from domain.names import clean_name
from domain.views.content import EMPTY, NO_CHANGES, ViewChanges, ViewContent, changed_content
from domain.views.registry import view_type
from models import Base, Table, View, view_members
from resolvers.access import load_table, load_view, require, visible_to
from resolvers.context import RequestContext
from resolvers.duplicate_names import VIEW_NAMES, refusing_duplicates
from resolvers.narrowing import for_caller
from resolvers.reach import sees_view
from resolvers.schema_changes import changed, schema_change
from resolvers.views.content import content_of, set_content, table_of
from resolvers.views.indexing import fit_index
from resolvers.views.open import require_open, require_writable, shown

_SUFFIX = " (copy)"


@dataclass(frozen=True, slots=True)
class ViewDraft:
    """A view as a client describes it; `type` is a key of the registry."""

    name: str
    type: str
    is_personal: bool
    is_indexed: bool
    changes: ViewChanges


async def create_view(context: RequestContext, table_id: UUID, draft: ViewDraft) -> View:
    """A new view, the last of its table. One with an index needs the right to change the table."""
    async with schema_change(context) as unit:
        action = Action.CHANGE_SCHEMA if draft.is_indexed else Action.CHANGE_VIEWS
        table, base = await load_table(unit, context, table_id, action, lock=True)
        meta = await for_caller(context, unit, await table_of(unit, table.id))
        content = changed_content(EMPTY, view_type(draft.type), draft.changes, meta)
        require_writable(view_type(draft.type), EMPTY, content, meta)
        owner_id = context.user_id if draft.is_personal else None
        view = await _add(unit, context, table, draft.type, draft.name, owner_id, content)
        if draft.is_indexed:
            view.is_indexed = True
            await _index(unit, context, view)
        changed(context, unit, base)
        [view] = await shown(context, unit, [view])
    return view


async def update_view(
    context: RequestContext,
    view_id: UUID,
    *,
    name: str | None = None,
    is_locked: bool | None = None,
    is_indexed: bool | None = None,
    changes: ViewChanges = NO_CHANGES,
) -> View:
    """The view with the changes; None leaves name, lock or index as they are.

    A locked view takes no changes but together with `is_locked=False`. Locking and unlocking what all members see
    needs the right to change the table, and so does asking for an index.
    """
    async with schema_change(context) as unit:
        view, table, base, role = await load_view(unit, context, view_id, Action.CHANGE_VIEWS, lock=True)
        changes_lock = is_locked is not None and is_locked != view.is_locked and view.owner_id is None
        if changes_lock or (is_indexed and not view.is_indexed):
            require(role, Action.CHANGE_SCHEMA)
        is_changed = name is not None or is_indexed is not None or changes != NO_CHANGES
        if view.is_locked and is_locked is not False and is_changed:
            raise _locked(view)
        limits = context.services.limits
        if name is not None:
            view.name = clean_name(name, "view", limit=limits.max_name_length)
        if is_locked is not None:
            view.is_locked = is_locked
        if is_indexed is not None:
            view.is_indexed = is_indexed
        if changes != NO_CHANGES:
            await _change_content(unit, context, view, changes)
        await _flush(unit, table, view)
        await _index(unit, context, view)
        changed(context, unit, base)
        [view] = await shown(context, unit, [view])
    return view


async def _change_content(unit: Unit, context: RequestContext, view: View, changes: ViewChanges) -> None:
    """Change what the view says; raises `Forbidden` where that is not for the caller to change."""
    meta = await for_caller(context, unit, await table_of(unit, view.table_id))
    require_open(view, meta)
    before, type = content_of(view), view_type(view.type)
    content = changed_content(before, type, changes, meta)
    require_writable(type, before, content, meta)
    content.require_size(context.services.limits.max_view_bytes)
    set_content(view, content)


async def delete_view(context: RequestContext, view_id: UUID) -> None:
    """Delete the view; raises `Conflict` for a locked one."""
    async with schema_change(context) as unit:
        view, _, base, _ = await load_view(unit, context, view_id, Action.CHANGE_VIEWS, lock=True)
        if view.is_locked:
            raise _locked(view)
        await unit.session.delete(view)
        unit.after_commit(context.services.view_indexes.wake)
        changed(context, unit, base)


async def duplicate_view(
    context: RequestContext, view_id: UUID, *, name: str | None = None, is_personal: bool | None = None
) -> View:
    """A copy of the view that is not locked, the last of its table; personal as the first one is, unless told."""
    async with schema_change(context) as unit:
        view, table, base, _ = await load_view(unit, context, view_id, Action.READ, lock=True)
        await load_table(unit, context, table.id, Action.CHANGE_VIEWS)  # the role in a view makes no other ones
        limit = context.services.limits.max_name_length
        given = name if name is not None else view.name[: limit - len(_SUFFIX)] + _SUFFIX
        personal = view.owner_id is not None if is_personal is None else is_personal
        owner_id = context.user_id if personal else None
        copy = await _add(unit, context, table, view.type, given, owner_id, content_of(view))
        changed(context, unit, base)
        [copy] = await shown(context, unit, [copy])
    return copy


async def reorder_views(context: RequestContext, table_id: UUID, view_ids: Sequence[UUID]) -> list[View]:
    """The views of a table that the caller sees in a new order, which must name each of them once."""
    async with schema_change(context) as unit:
        table, base = await load_table(unit, context, table_id, Action.CHANGE_VIEWS, lock=True)
        mine = select(View).join(Table, Table.id == View.table_id).join(Base, Base.id == Table.base_id)
        mine = mine.join(view_members, sees_view(context)).where(View.table_id == table.id, visible_to(context))
        views = {view.id: view for view in await unit.session.scalars(mine)}
        require_whole_order(view_ids, views, "view", "viewIds")
        for position, id in enumerate(view_ids):
            views[id].position = position
        changed(context, unit, base)
        return await shown(context, unit, [views[id] for id in view_ids])


async def _add(
    unit: Unit,
    context: RequestContext,
    table: Table,
    type: str,
    name: str,
    owner_id: UUID | None,
    content: ViewContent,
) -> View:
    limits = context.services.limits
    content.require_size(limits.max_view_bytes)
    view = View(
        id=new_id(Kind.VIEW),
        table_id=table.id,
        owner_id=owner_id,
        name=clean_name(name, "view", limit=limits.max_name_length),
        type=type,
        position=await _next_position(unit, context, table, owner_id),
    )
    set_content(view, content)
    unit.session.add(view)
    await _flush(unit, table, view)
    return view


async def _index(unit: Unit, context: RequestContext, view: View) -> None:
    """Have the index that the view needs built, and the one that it had dropped where no other view needs it."""
    if view.is_indexed or view.index_number is not None:
        table, most = await table_of(unit, view.table_id), context.services.limits.max_view_indexes_per_table
        await fit_index(unit, view, table, at_most=most)
        unit.after_commit(context.services.view_indexes.wake)


async def _next_position(unit: Unit, context: RequestContext, table: Table, owner_id: UUID | None) -> int:
    """Behind all others of the table; raises `BadRequest` when there are as many as there may be."""
    limit = context.services.limits.max_views_per_table
    alike = func.count().filter(View.owner_id.is_not_distinct_from(owner_id))
    statement = select(alike, func.max(View.position)).where(View.table_id == table.id)
    count, last = (await unit.session.execute(statement)).one()
    if count >= limit:
        kind = "personal views of each member" if owner_id else "views that all members see"
        raise BadRequest(f"A table may have at most {limit} {kind}.")
    return 0 if last is None else last + 1


async def _flush(unit: Unit, table: Table, view: View) -> None:
    whose = f"The table {table.name!r} has a" if view.owner_id is None else "You have a personal"
    message = f"{whose} view {view.name!r} already; case does not count."
    with refusing_duplicates(VIEW_NAMES, message, value=view.name):
        await unit.session.flush()


def _locked(view: View) -> Conflict:
    return Conflict(f"The view {view.name!r} is locked: unlock it first, or with the same update.", viewId=view.id)
