"""Writes the audit log: one call where something happens, in the transaction in which it happens."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from adapters.database import Unit
from domain.accounts.viewer import Viewer
from domain.audit.actions import AuditAction
from domain.ids import Kind, new_id
from models import AuditEntry
from resolvers.clients import printable
from resolvers.context import RequestContext


async def audit(
    unit: Unit,
    context: RequestContext | None,
    action: AuditAction,
    *,
    subject: UUID | None = None,
    workspace: UUID | None = None,
    actor: UUID | None = None,
    session: UUID | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry; it is committed with the rest of the unit, or not at all.

    Who and from where is the request's; where its credentials do not say who, since somebody just signs in, `actor`
    and `session` do. `None` for the context is the command line. `details` must hold no secret.
    """
    viewer = None if context is None or actor is not None else context.viewer_or_none
    client = None if context is None else context.client
    entry = AuditEntry(
        id=new_id(Kind.AUDIT_ENTRY),
        action=action.value,
        actor_id=actor or (viewer and viewer.user_id),
        api_key_id=viewer and viewer.api_key_id,
        session_id=session or (viewer and viewer.session_id),
        subject_id=subject,
        workspace_id=workspace,
        ip_address=client and client.ip_address,
        user_agent=client and printable(client.user_agent),
        details={**_means(viewer), **(details or {})},
    )
    unit.session.add(entry)
    await unit.session.flush()


def _means(viewer: Viewer | None) -> dict[str, Any]:
    """By what somebody acts, where it is neither a session nor an API key."""
    if viewer is None:
        return {}
    means = {
        "applicationToken": viewer.application_token_id and str(viewer.application_token_id),
        "service": viewer.service,
    }
    return {name: value for name, value in means.items() if value is not None}


def audit_failure(context: RequestContext, action: AuditAction, **of: Any) -> None:
    """Have an entry written in a transaction of its own once the operation, which fails, is rolled back.

    The keywords are those of `audit`.
    """
    context.after_rollback(partial(_write, context, action, of))


async def _write(context: RequestContext, action: AuditAction, of: Mapping[str, Any]) -> None:
    async with context.database.transaction() as unit:
        await audit(unit, context, action, **of)
