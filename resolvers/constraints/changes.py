"""Making, enabling, disabling and deleting unique constraints, and keeping them fit when their field changes."""

from uuid import UUID

from adapters.database import Unit
from domain.access.roles import Action
from domain.bases.constraints import ConstraintStatus
from domain.errors import Conflict, ConstraintDisabled, ConstraintPending
from domain.ids import Kind, new_id
from domain.names import clean_description
from domain.records.indexes import is_indexable
from domain.records.uniqueness import UniqueKey, has_case, require_unique
from models import Base, Field, Table, UniqueConstraint
from resolvers.access import load_field
from resolvers.constraints.finding import constraint_of, load_constraint
from resolvers.constraints.making import hold_constraints, key_of, make_unique, unmake_unique
from resolvers.context import RequestContext
from resolvers.field_columns import typed
from resolvers.schema_changes import changed, schema_change


async def create_constraint(
    context: RequestContext, field_id: UUID, *, case_sensitive: bool, error_message: str | None
) -> UniqueConstraint:
    """A new constraint of a field that has none; raises `BadRequest` for a type whose values cannot be unique."""
    async with schema_change(context) as unit:
        field, table, base = await load_field(unit, context, field_id, Action.CHANGE_SCHEMA, lock=True)
        if await constraint_of(unit, field) is not None:
            raise Conflict(f"The field {field.name!r} has a unique constraint already.", field=field.name)
        require_unique(field.name, *typed(field), case_sensitive=case_sensitive)
        limit = context.services.limits.max_name_length
        constraint = UniqueConstraint(
            id=new_id(Kind.UNIQUE_CONSTRAINT),
            table_id=table.id,
            field_id=field.id,
            case_sensitive=case_sensitive,
            error_message=clean_description(error_message, limit=limit, loc=("input", "errorMessage")),
            status=ConstraintStatus.PENDING.value,
        )
        unit.session.add(constraint)
        await _make(context, unit, base, table, field, constraint)
    return constraint


async def enable_constraint(context: RequestContext, constraint_id: UUID) -> UniqueConstraint:
    """The constraint, active or being made; one that could not be made is tried again. Active ones stay as they are.

    Raises `ConstraintPending` for one that is being made.
    """
    async with schema_change(context) as unit:
        constraint, field, table, base = await load_constraint(unit, context, constraint_id, Action.CHANGE_SCHEMA)
        if constraint.status == ConstraintStatus.PENDING.value and constraint.problem is None:
            raise ConstraintPending(f"The constraint of {field.name!r} is being made already.", field=field.name)
        if constraint.status != ConstraintStatus.ACTIVE.value:
            await _make(context, unit, base, table, field, constraint)
    return constraint


async def disable_constraint(context: RequestContext, constraint_id: UUID) -> UniqueConstraint:
    """The constraint, which does not hold any longer; raises `ConstraintDisabled` when it did not before."""
    async with schema_change(context) as unit:
        constraint, field, table, base = await load_constraint(unit, context, constraint_id, Action.CHANGE_SCHEMA)
        if constraint.status == ConstraintStatus.DISABLED.value:
            raise ConstraintDisabled(f"The constraint of {field.name!r} is disabled already.", field=field.name)
        await hold_constraints(unit, field.id)
        await unmake_unique(unit, key_of(base, table, field, case_sensitive=constraint.case_sensitive))
        constraint.status, constraint.problem, constraint.offending = ConstraintStatus.DISABLED.value, None, []
        changed(context, unit, base)
    return constraint


async def delete_constraint(context: RequestContext, constraint_id: UUID) -> None:
    """Delete the constraint; values stay."""
    async with schema_change(context) as unit:
        constraint, field, table, base = await load_constraint(unit, context, constraint_id, Action.CHANGE_SCHEMA)
        await hold_constraints(unit, field.id)
        await unmake_unique(unit, key_of(base, table, field, case_sensitive=constraint.case_sensitive))
        await unit.session.delete(constraint)
        changed(context, unit, base)


async def _make(
    context: RequestContext, unit: Unit, base: Base, table: Table, field: Field, constraint: UniqueConstraint
) -> None:
    services = context.services
    at_most = services.limits.max_records_indexed_at_once
    await make_unique(unit, base, table, field, constraint, at_most=at_most)
    changed(context, unit, base)
    unit.after_commit(services.constraints.wake)


class ConstraintOfField:
    """The unique constraint of a field whose base is locked, if it has one, while the field is changed."""

    def __init__(self, constraint: UniqueConstraint, key: UniqueKey) -> None:
        self._constraint = constraint
        self._key = key

    @classmethod
    async def held(cls, unit: Unit, base: Base, table: Table, field: Field) -> "ConstraintOfField | None":
        """That of the field, which is not built meanwhile; None where there is none."""
        constraint = await constraint_of(unit, field)
        if constraint is None:
            return None
        await hold_constraints(unit, field.id)
        return cls(constraint, key_of(base, table, field, case_sensitive=constraint.case_sensitive))

    async def fit(self, context: RequestContext, unit: Unit, base: Base, table: Table, field: Field) -> None:
        """Make it anew where the field has another column or compares otherwise; writers must be locked out.

        It goes when values of the new type cannot be unique. Where values that differed are the same now, it is
        pending, and names them.
        """
        unit.after_commit(context.services.constraints.wake)
        constraint = self._constraint
        type, options = typed(field)
        if not is_indexable(type, options):
            await unmake_unique(unit, self._key)
            await unit.session.delete(constraint)
            return
        constraint.case_sensitive = constraint.case_sensitive or not has_case(type, options)
        key = key_of(base, table, field, case_sensitive=constraint.case_sensitive)
        if key.create_index() == self._key.create_index():
            return
        await unmake_unique(unit, self._key)
        if constraint.status != ConstraintStatus.DISABLED.value:
            await make_unique(unit, base, table, field, constraint)
