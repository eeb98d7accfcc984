"""The base, table or view that an override is about, found for an admin of the workspace."""

from dataclasses import dataclass
from uuid import UUID

from adapters.database import Unit
from domain.access.roles import Action
from domain.errors import BadRequest
from models import Base
from resolvers.access import load_base, load_table, load_view, load_workspace
from resolvers.context import RequestContext


@dataclass(frozen=True, slots=True)
class Place:
    """A base, or a table of it, or a view of that: the last id that is given names it."""

    base_id: UUID
    table_id: UUID | None = None
    view_id: UUID | None = None


async def find_place(
    unit: Unit, context: RequestContext, base_id: UUID | None, table_id: UUID | None, view_id: UUID | None
) -> Place:
    """The place that one of three ids names; raises `BadRequest` for none or several, `NotFound` for a hidden one."""
    if [base_id, table_id, view_id].count(None) != 2:
        raise BadRequest("Give one of baseId, tableId and viewId.")
    if view_id is not None:
        view, table, base, _ = await load_view(unit, context, view_id, Action.READ)
        if view.owner_id is not None:
            raise BadRequest("A personal view is its owner's alone.", argument="viewId")
        return Place(base.id, table.id, view.id)
    if table_id is not None:
        table, base = await load_table(unit, context, table_id, Action.READ)
        return Place(base.id, table.id)
    assert base_id is not None  # one of the three is given
    return Place((await load_base(unit, context, base_id, Action.READ)).id)


async def lock_base(unit: Unit, context: RequestContext, base_id: UUID) -> Base:
    """The base, locked, for who may manage the members of its workspace; an admin of the base alone may not."""
    base = await load_base(unit, context, base_id, Action.READ)
    await load_workspace(unit, context, base.workspace_id, Action.MANAGE_WORKSPACE, lock=True)
    return await load_base(unit, context, base_id, Action.READ, lock=True)
