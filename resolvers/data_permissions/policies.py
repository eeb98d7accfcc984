"""Policies of records: listing, making, changing and deleting them, for who may manage the members of the workspace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from adapters.database import Unit
from domain.access.policies import PolicyMeta, PolicyRole, PolicyScope
from domain.access.roles import Action, roles_that_may
from domain.audit.actions import AuditAction
from domain.bases.catalog import TableMeta
from domain.errors import BadRequest, Forbidden, NotFound
from domain.ids import Kind, new_id
from domain.names import clean_name
from domain.records.filters import Filter
from domain.records.policies import fault_of, policy_json
from models import Base, RecordPolicy, Table, WorkspaceMember
from resolvers.access import load_table, missing
from resolvers.audit.writing import audit
from resolvers.catalog_loader import among, grouped
from resolvers.context import RequestContext
from resolvers.data_permissions.places import lock_base
from resolvers.loader import Loader
from resolvers.reach import is_mine
from resolvers.schema_changes import changed
from resolvers.views.content import table_of


@dataclass(frozen=True, slots=True)
class PolicyChanges:
    """What is said of a policy; None leaves it as it is."""

    name: str | None = None
    roles: Sequence[PolicyRole] | None = None
    scope: PolicyScope | None = None
    filter: Filter | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy, and why it lets nobody see or change anything, where it does not fit its table any longer."""

    model: RecordPolicy
    error: str | None


class PoliciesLoader(Loader[UUID, list[Policy]]):
    """The policies of tables in the order of their creation; none of tables of workspaces that are not the caller's."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, list[Policy]]:
        """See `Loader.fetch`."""
        roles = [role.value for role in roles_that_may(Action.MANAGE_WORKSPACE)]
        managed = select(Table.id).join(Base, Base.id == Table.base_id)
        managed = managed.join(WorkspaceMember, is_mine(self.context, Base.workspace_id, Base.id))
        managed = managed.where(among(Table.id, keys), WorkspaceMember.role.in_(roles))
        allowed = set(await unit.session.scalars(managed))
        statement = select(RecordPolicy).where(among(RecordPolicy.table_id, allowed)).order_by(RecordPolicy.id)
        found = list(await unit.session.scalars(statement)) if allowed else []
        tables: dict[UUID, TableMeta] = {}
        for each in found:
            if each.table_id not in tables:
                tables |= (await table_of(unit, each.table_id)).siblings  # of a base, all at once
        policies = grouped(allowed, ((each.table_id, _with_error(each, tables[each.table_id])) for each in found))
        return {id: policies[id] for id in allowed}


async def list_policies(context: RequestContext, table_id: UUID) -> list[Policy]:
    """The policies of a table that the caller may see; raises `Forbidden` for who may not manage its workspace."""
    found = await context.loader(PoliciesLoader).load(table_id)
    if found is None:
        raise Forbidden("You may not see the policies of this table: that takes the role ADMIN in the workspace.")
    return found


async def create_policy(context: RequestContext, table_id: UUID, changes: PolicyChanges) -> Policy:
    """A new policy; raises `BadRequest` for a filter that does not fit the table, or looks beyond its records."""
    async with context.unit() as unit:
        table, base = await load_table(unit, context, table_id, Action.READ)
        base = await lock_base(unit, context, base.id)
        await _require_room(unit, context, table.id)
        assert None not in (changes.name, changes.roles, changes.scope, changes.filter)  # a new one says all of it
        made = RecordPolicy(id=new_id(Kind.RECORD_POLICY), base_id=base.id, table_id=table.id)
        _set(made, await _columns(unit, context, table.id, changes))
        unit.session.add(made)
        return await _changed(unit, context, base, made, AuditAction.RECORD_POLICY_CREATED)


async def update_policy(context: RequestContext, policy_id: UUID, changes: PolicyChanges) -> Policy:
    """The policy with the changes."""
    async with context.unit() as unit:
        found, base = await _load(unit, context, policy_id)
        _set(found, await _columns(unit, context, found.table_id, changes))
        return await _changed(unit, context, base, found, AuditAction.RECORD_POLICY_UPDATED)


async def delete_policy(context: RequestContext, policy_id: UUID) -> None:
    """Delete a policy: what it alone let a role see that role sees no longer, or all, where it was the last one."""
    async with context.unit() as unit:
        found, base = await _load(unit, context, policy_id)
        await unit.session.delete(found)
        await _changed(unit, context, base, found, AuditAction.RECORD_POLICY_DELETED)


async def _load(unit: Unit, context: RequestContext, policy_id: UUID) -> tuple[RecordPolicy, Base]:
    """The policy and its base, locked; who does not see its table finds no policy."""
    table_id = await unit.session.scalar(select(RecordPolicy.table_id).where(RecordPolicy.id == policy_id))
    if table_id is None:
        _ = context.user_id
        raise missing("record policy", policy_id)
    try:
        _, base = await load_table(unit, context, table_id, Action.READ)
    except NotFound:
        raise missing("record policy", policy_id) from None
    base = await lock_base(unit, context, base.id)
    found = await unit.session.get(RecordPolicy, policy_id, populate_existing=True)
    if found is None:
        raise missing("record policy", policy_id)
    return found, base


async def _columns(unit: Unit, context: RequestContext, table_id: UUID, changes: PolicyChanges) -> Mapping[str, Any]:
    """The columns that the changes set."""
    columns: dict[str, Any] = {}
    if changes.name is not None:
        columns["name"] = clean_name(changes.name, "policy", limit=context.services.limits.max_name_length)
    if changes.roles is not None:
        if not changes.roles:
            raise BadRequest("A policy is about one role at least.", argument="roles")
        columns["roles"] = sorted({role.value for role in changes.roles})
    if changes.scope is not None:
        columns["applies"] = changes.scope.value
    if changes.filter is not None:
        columns["filter"] = policy_json(changes.filter, await table_of(unit, table_id))
    return columns


def _set(policy: RecordPolicy, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(policy, name, value)


async def _require_room(unit: Unit, context: RequestContext, table_id: UUID) -> None:
    limit = context.services.limits.max_record_policies_per_table
    count = await unit.session.scalar(select(func.count()).where(RecordPolicy.table_id == table_id))
    if count is not None and count >= limit:
        raise BadRequest(f"A table may have at most {limit} policies of records; delete one first.")


async def _changed(
    unit: Unit, context: RequestContext, base: Base, policy: RecordPolicy, action: AuditAction
) -> Policy:
    """Write the change down, with all that follows from it."""
    await unit.session.flush()
    changed(context, unit, base)
    details = {
        "policyId": str(policy.id),
        "tableId": str(policy.table_id),
        "name": policy.name,
        "roles": list(policy.roles),
        "applies": policy.applies,
        "filter": policy.filter,
    }
    await audit(unit, context, action, workspace=base.workspace_id, details=details)
    await unit.session.flush()
    error = _with_error(policy, await table_of(unit, policy.table_id)).error
    context.forget_loaded()
    return Policy(policy, error)


def _with_error(policy: RecordPolicy, table: TableMeta) -> Policy:
    roles, scope = frozenset(policy.roles), PolicyScope(policy.applies)
    return Policy(policy, fault_of(PolicyMeta(policy.id, policy.table_id, roles, scope, policy.filter), table))
