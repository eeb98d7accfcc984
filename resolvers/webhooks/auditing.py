"""What the audit log tells of webhooks, in both directions."""

from adapters.database import Unit
from domain.audit.actions import AuditAction
from models import Base, IncomingWebhook, Webhook
from resolvers.audit.writing import audit
from resolvers.context import RequestContext


async def audit_webhook(
    unit: Unit,
    context: RequestContext,
    action: AuditAction,
    webhook: Webhook | IncomingWebhook,
    base: Base,
    **more: object,
) -> None:
    """What is sent where is not told: addresses and headers may hold secrets."""
    details = {"webhookId": str(webhook.id), "tableId": str(webhook.table_id), "name": webhook.name, **more}
    await audit(unit, context, action, subject=webhook.id, workspace=base.workspace_id, details=details)
