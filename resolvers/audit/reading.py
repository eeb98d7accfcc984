"""Reads the audit log: all of it, or what concerns one workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from domain.access.permissions import AUDIT_READ
from domain.access.roles import Action
from domain.audit.actions import AuditAction
from domain.errors import BadRequest
from models import AuditEntry
from resolvers.access import load_workspace
from resolvers.context import RequestContext
from resolvers.id_pages import IdPage, PageRequest, read_page
from resolvers.permissions.holdings import permitted

_ACTIONS = frozenset(action.value for action in AuditAction)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries: all that is given must hold. `since` is part of the time, `until` is not."""

    actions: Sequence[str] | None = None
    actor_id: UUID | None = None
    subject_id: UUID | None = None
    workspace_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        for action in self.actions or ():
            if action not in _ACTIONS:
                raise BadRequest(f"There is no action {action[:60]!r}.", argument="actions")

    def apply(self, statement: Select[Any]) -> Select[Any]:
        """The statement over entries, narrowed to these."""
        if self.actions is not None:
            statement = statement.where(AuditEntry.action.in_(sorted(set(self.actions))))
        if self.since is not None:
            statement = statement.where(AuditEntry.at >= self.since)
        if self.until is not None:
            statement = statement.where(AuditEntry.at < self.until)
        ids = {"actor_id": self.actor_id, "subject_id": self.subject_id, "workspace_id": self.workspace_id}
        return statement.filter_by(**{name: id for name, id in ids.items() if id is not None})


async def read_audit_log(context: RequestContext, wanted: AuditFilter, page: PageRequest) -> IdPage[AuditEntry]:
    """A page of the whole log, newest first; raises `Forbidden` without the permission to read it."""
    async with context.unit() as unit:
        await permitted(unit, context, AUDIT_READ)
        return await read_page(unit, wanted.apply(select(AuditEntry)), AuditEntry.id, page)


async def read_workspace_audit_log(
    context: RequestContext, workspace_id: UUID, wanted: AuditFilter, page: PageRequest
) -> IdPage[AuditEntry]:
    """A page of what concerns a workspace, newest first; for those who manage it."""
    async with context.unit() as unit:
        await load_workspace(unit, context, workspace_id, Action.MANAGE_WORKSPACE)
        statement = wanted.apply(select(AuditEntry)).where(AuditEntry.workspace_id == workspace_id)
        return await read_page(unit, statement, AuditEntry.id, page)
