"""What the audit log tells of schedules. Arguments are not told: they may hold secrets."""

from sqlalchemy import select

from adapters.database import Unit
from domain.audit.actions import AuditAction
from models import Automation, Base, Timer
from resolvers.audit.writing import audit
from resolvers.context import RequestContext


async def audit_timer(unit: Unit, context: RequestContext, action: AuditAction, timer: Timer, **more: object) -> None:
    """An entry about a schedule; where it sets off an automation, the workspace of that one has it, too."""
    workspace = None
    if timer.automation_id is not None:
        of_automation = select(Base.workspace_id).join(Automation, Automation.base_id == Base.id)
        workspace = await unit.session.scalar(of_automation.where(Automation.id == timer.automation_id))
    details = {
        "scheduleId": str(timer.id),
        "name": timer.name,
        "function": timer.function,
        "automationId": None if timer.automation_id is None else str(timer.automation_id),
        **more,
    }
    await audit(unit, context, action, subject=timer.id, workspace=workspace, details=details)
