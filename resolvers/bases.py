"""Bases: who may see, make, rename and delete them, and the PostgreSQL schemas behind them."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select

from adapters.database import Unit
from domain.access.roles import Action
from domain.bases import ddl
from domain.errors import BadRequest
from domain.ids import Kind, new_id
from domain.names import clean_name
from models import Base, Workspace, base_members
from resolvers.access import load_base, load_workspace, missing
from resolvers.catalog_loader import among, grouped
from resolvers.constraints.making import hold_constraints
from resolvers.context import RequestContext
from resolvers.loader import Loader
from resolvers.reach import sees_base
from resolvers.schema_changes import changed, schema_change
from resolvers.views.indexing import hold_indexes
from resolvers.workspaces import get_workspace


class BaseLoader(Loader[UUID, Base]):
    """Bases by id, of workspaces that the caller is a member of."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, Base]:
        """See `Loader.fetch`."""
        mine = sees_base(self.context)
        statement = select(Base).join(base_members, mine).where(among(Base.id, keys))
        return {base.id: base for base in await unit.session.scalars(statement)}


class BasesLoader(Loader[UUID, list[Base]]):
    """The bases of workspaces, oldest first; for workspaces that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, list[Base]]:
        """See `Loader.fetch`."""
        statement = select(Base).join(base_members, sees_base(self.context)).where(among(Base.workspace_id, keys))
        statement = statement.order_by(Base.number)
        return grouped(keys, ((base.workspace_id, base) for base in await unit.session.scalars(statement)))


async def list_bases(context: RequestContext, workspace_id: UUID) -> list[Base]:
    """The bases of a workspace, oldest first."""
    await get_workspace(context, workspace_id)
    return await context.loader(BasesLoader).load(workspace_id) or []


async def get_base(context: RequestContext, base_id: UUID) -> Base:
    """The base; raises `NotFound` when the caller may not see it."""
    found = await context.loader(BaseLoader).load(base_id)
    if found is None:
        raise missing("base", base_id)
    return found


async def create_base(context: RequestContext, workspace_id: UUID, name: str) -> Base:
    """A new base without tables."""
    async with schema_change(context) as unit:
        workspace, _ = await load_workspace(unit, context, workspace_id, Action.CHANGE_SCHEMA, lock=True)
        return await add_base(unit, context, workspace, name)


async def add_base(unit: Unit, context: RequestContext, workspace: Workspace, name: str) -> Base:
    """A new base and its PostgreSQL schema in a workspace, which must be locked so that its limit holds."""
    limits = context.services.limits
    count = await unit.session.scalar(select(func.count()).where(Base.workspace_id == workspace.id))
    if count is not None and count >= limits.max_bases_per_workspace:
        raise BadRequest(f"A workspace may have at most {limits.max_bases_per_workspace} bases.")
    base = Base(
        id=new_id(Kind.BASE), workspace_id=workspace.id, name=clean_name(name, "base", limit=limits.max_name_length)
    )
    unit.session.add(base)
    await unit.session.flush()
    await unit.connection.execute(ddl.create_schema(base.number))
    return base


async def update_base(context: RequestContext, base_id: UUID, *, name: str | None) -> Base:
    """The base with its new name; None leaves the name as it is."""
    async with schema_change(context) as unit:
        base = await load_base(unit, context, base_id, Action.CHANGE_SCHEMA, lock=True)
        if name is not None:
            base.name = clean_name(name, "base", limit=context.services.limits.max_name_length)
            changed(context, unit, base)
    return base


async def delete_base(context: RequestContext, base_id: UUID) -> None:
    """Delete the base with its tables and all their records."""
    async with schema_change(context) as unit:
        base = await load_base(unit, context, base_id, Action.CHANGE_SCHEMA, lock=True)
        await hold_constraints(unit, base.id)
        await hold_indexes(context, unit, base.id)
        await unit.connection.execute(ddl.drop_schema(base.number))
        changed(context, unit, base)
        await unit.session.delete(base)
