"""Finds unique constraints for a caller, and for those who change what is under them."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Select, select

from adapters.database import Unit
from domain.access.roles import Action
from domain.errors import NotFound
from models import Base, Field, Table, UniqueConstraint, table_members
from resolvers.access import load_field, missing
from resolvers.catalog_loader import among, grouped
from resolvers.context import RequestContext
from resolvers.loader import Loader
from resolvers.reach import is_overridden, sees_table
from resolvers.tables import get_table
from resolvers.visible_fields import CallersTables


class ConstraintLoader(Loader[UUID, UniqueConstraint]):
    """Unique constraints by id, of workspaces that the caller is a member of."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, UniqueConstraint]:
        """See `Loader.fetch`."""
        mine = sees_table(self.context)
        statement = _with_tables(self.context).join(table_members, mine).where(among(UniqueConstraint.id, keys))
        found = await _visible(self.context, unit, statement)
        return {constraint.id: constraint for constraint in found}


class ConstraintsLoader(Loader[UUID, list[UniqueConstraint]]):
    """The unique constraints of tables in the order of their creation; for tables that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, list[UniqueConstraint]]:
        """See `Loader.fetch`."""
        statement = _with_tables(self.context).where(among(UniqueConstraint.table_id, keys))
        found = await _visible(self.context, unit, statement.order_by(UniqueConstraint.id))
        return grouped(keys, ((constraint.table_id, constraint) for constraint in found))


class ConstraintOfFieldLoader(Loader[UUID, UniqueConstraint]):
    """The unique constraint of fields that have one; for fields that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, UniqueConstraint]:
        """See `Loader.fetch`."""
        found = await _visible(
            self.context, unit, _with_tables(self.context).where(among(UniqueConstraint.field_id, keys))
        )
        return {constraint.field_id: constraint for constraint in found}


def _with_tables(context: RequestContext) -> Select[UniqueConstraint, bool]:
    """Constraints, each with whether the caller may see something else of its base than others."""
    statement = select(UniqueConstraint, is_overridden(context)).join(Table, Table.id == UniqueConstraint.table_id)
    return statement.join(Base, Base.id == Table.base_id)


async def _visible(
    context: RequestContext, unit: Unit, statement: Select[UniqueConstraint, bool]
) -> list[UniqueConstraint]:
    """Those of the constraints whose fields the caller may see; without records that policies may hide."""
    tables, found = CallersTables(context, unit), []
    for each, is_concerned in (await unit.session.execute(statement)).all():
        table = await tables.get(each.table_id) if is_concerned else None
        if table is not None and table.rule is not None and table.rule.limits_reads:
            unit.session.expunge(each)
            each.offending = []
        if table is None or table.find_field(str(each.field_id)) is not None:
            found.append(each)
    return found


async def list_constraints(context: RequestContext, table_id: UUID) -> list[UniqueConstraint]:
    """The unique constraints of a table in the order of their creation."""
    await get_table(context, table_id)
    return await context.loader(ConstraintsLoader).load(table_id) or []


async def get_constraint(context: RequestContext, constraint_id: UUID) -> UniqueConstraint:
    """The constraint; raises `NotFound` when the caller may not see it."""
    found = await context.loader(ConstraintLoader).load(constraint_id)
    if found is None:
        raise missing("unique constraint", constraint_id)
    return found


async def load_constraint(
    unit: Unit, context: RequestContext, constraint_id: UUID, action: Action
) -> tuple[UniqueConstraint, Field, Table, Base]:
    """The constraint, its field, table and base, locked; nobody else can change the base's tables and fields."""
    _ = context.user_id
    named = select(UniqueConstraint.field_id).where(UniqueConstraint.id == constraint_id)
    field_id = await unit.session.scalar(named)
    if field_id is None:
        raise missing("unique constraint", constraint_id)
    try:
        field, table, base = await load_field(unit, context, field_id, action, lock=True)
    except NotFound:
        raise missing("unique constraint", constraint_id) from None
    constraint = await constraint_of(unit, field)
    if constraint is None or constraint.id != constraint_id:
        raise missing("unique constraint", constraint_id)
    return constraint, field, table, base


async def constraint_of(unit: Unit, field: Field) -> UniqueConstraint | None:
    """The unique constraint of a field whose base is locked."""
    statement = select(UniqueConstraint).where(UniqueConstraint.field_id == field.id)
    found: UniqueConstraint | None = await unit.session.scalar(statement.execution_options(populate_existing=True))
    return found
