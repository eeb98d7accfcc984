"""What the audit log tells of automations. Configs are not told: they may hold addresses and secrets."""

from sqlalchemy import select

from adapters.database import Unit
from domain.audit.actions import AuditAction
from models import Automation, Base
from resolvers.audit.writing import audit
from resolvers.context import RequestContext


async def audit_automation(
    unit: Unit, context: RequestContext, action: AuditAction, automation: Automation, **more: object
) -> None:
    """An entry about an automation, with its name and table, and what else is given."""
    workspace = await unit.session.scalar(select(Base.workspace_id).where(Base.id == automation.base_id))
    details = {
        "automationId": str(automation.id),
        "tableId": str(automation.table_id),
        "name": automation.name,
        **more,
    }
    await audit(unit, context, action, subject=automation.id, workspace=workspace, details=details)
