"""Disabling webhooks whose targets take nothing any more, and telling their owners."""

from typing import TYPE_CHECKING, Final
from uuid import UUID

import asyncpg

from adapters.database import Unit
from domain.audit.actions import AuditAction
from resolvers.audit.writing import audit
from resolvers.mailing.posting import post

if TYPE_CHECKING:
    from resolvers.services import Services

_DISABLE: Final = """
WITH disabled AS (
    UPDATE webhooks SET is_enabled = false, disabled_reason = $2
     WHERE id = $1 AND is_enabled AND ($3::interval IS NULL OR failing_since < now() - $3)
    RETURNING id, name, table_id, owner_id)
SELECT d.id, d.name, t.name AS table_name, b.workspace_id, u.email
  FROM disabled d JOIN tables t ON t.id = d.table_id JOIN bases b ON b.id = t.base_id
       LEFT JOIN users u ON u.id = d.owner_id AND u.is_active
"""


async def disable_gone(services: "Services", unit: Unit, webhook_id: UUID) -> None:
    """Disable a webhook whose target has said that it is gone for good."""
    reason = "The target answered 410 (Gone): it wants nothing any more."
    row = await unit.connection.fetchrow(_DISABLE, webhook_id, reason, None)
    if row is not None:
        await _tell(services, unit, row, reason)


async def disable_long_failing(services: "Services", unit: Unit, webhook_id: UUID, last: str) -> None:
    """Disable a webhook that has failed without a success for as long as the setting says; `last` is what came last."""
    after = services.limits.webhook_disable_after
    reason = f"No message was taken for {_days(after.total_seconds())}. The last answer: {last}"
    row = await unit.connection.fetchrow(_DISABLE, webhook_id, reason, after)
    if row is not None:
        await _tell(services, unit, row, reason)


async def _tell(services: "Services", unit: Unit, row: asyncpg.Record, reason: str) -> None:
    details = {"webhookId": str(row["id"]), "name": row["name"], "reason": reason}
    await audit(
        unit, None, AuditAction.WEBHOOK_DISABLED, subject=row["id"], workspace=row["workspace_id"], details=details
    )
    if row["email"] is not None:
        given = {"webhook": row["name"], "table": row["table_name"], "reason": reason}
        mail = services.letters.write("webhook_disabled", row["email"], **given)
        await post(unit, services, mail)


def _days(seconds: float) -> str:
    hours = seconds / 3_600
    return f"{hours / 24:g} days" if hours >= 48 else f"{hours:.3g} hours"
