"""Making, changing and deleting webhooks. Who changes one is its owner then: it tells what that user sees."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from adapters.database import Unit
from domain.access.roles import Action
from domain.accounts.expiry import clean_overlap
from domain.audit.actions import AuditAction
from domain.errors import BadRequest
from domain.ids import Kind, new_id
from domain.webhooks.signing import new_secret
from models import Webhook
from resolvers.access import load_table
from resolvers.context import RequestContext
from resolvers.followers.following import follow, unfollow
from resolvers.narrowing import for_caller
from resolvers.views.content import table_of
from resolvers.webhooks.auditing import audit_webhook
from resolvers.webhooks.content import DEFAULT_BATCH, DEFAULT_BATCH_SECONDS, WebhookChanges, set_content
from resolvers.webhooks.finding import load_webhook
from resolvers.webhooks.kinds import FOLLOWER
from resolvers.webhooks.queueing import enqueue_pending

_DEFAULTS = WebhookChanges(
    filter=None,
    field_ids=None,
    headers=(),
    is_batched=False,
    batch_size=DEFAULT_BATCH,
    batch_seconds=DEFAULT_BATCH_SECONDS,
)


async def create_webhook(
    context: RequestContext, table_id: UUID, content: WebhookChanges, *, is_enabled: bool = True
) -> tuple[Webhook, str]:
    """A new webhook, which tells of what happens from now on, and its secret, which is shown this once."""
    secret = new_secret()
    async with context.unit() as unit:
        table, base = await load_table(unit, context, table_id, Action.MANAGE_WEBHOOKS, lock=True)
        await _require_room(unit, context, table.id)
        webhook = Webhook(
            id=new_id(Kind.WEBHOOK),
            table_id=table.id,
            owner_id=context.user_id,
            is_enabled=is_enabled,
            sealed_secret=context.services.seal.close(secret),
            created_at=datetime.now(UTC),
        )
        meta = await for_caller(context, unit, await table_of(unit, table.id))
        given = {name: getattr(content, name) for name in content.names}
        set_content(webhook, replace(_DEFAULTS, **given), meta, context.services)
        unit.session.add(webhook)
        await unit.session.flush()
        await follow(unit, context.services.bus, webhook.id, FOLLOWER, table.id)
        await audit_webhook(unit, context, AuditAction.WEBHOOK_CREATED, webhook, base)
    return webhook, secret


async def update_webhook(
    context: RequestContext,
    webhook_id: UUID,
    changes: WebhookChanges,
    *,
    is_enabled: bool | None = None,
    from_now: bool = False,
) -> Webhook:
    """The webhook with the changes, the caller's own by now.

    Enabled again, it goes on where it was, and sends what waits; with `from_now` it leaves out what happened meanwhile.
    """
    async with context.unit() as unit:
        webhook, table, base = await load_webhook(unit, context, webhook_id, lock=True)
        meta = await for_caller(context, unit, await table_of(unit, table.id))
        set_content(webhook, changes, meta, context.services)
        webhook.owner_id = context.user_id
        was_enabled = webhook.is_enabled
        if is_enabled is not None:
            webhook.is_enabled = is_enabled
        if webhook.is_enabled and not was_enabled:
            webhook.disabled_reason = webhook.failing_since = None
        await unit.session.flush()
        if from_now:
            await unfollow(unit, webhook.id)
        if from_now or webhook.is_enabled:
            await follow(unit, context.services.bus, webhook.id, FOLLOWER, webhook.table_id)
        if webhook.is_enabled and not was_enabled:
            await enqueue_pending(unit, webhook.id)
        changed = [*changes.names, *(["is_enabled"] if webhook.is_enabled != was_enabled else [])]
        await audit_webhook(unit, context, AuditAction.WEBHOOK_UPDATED, webhook, base, changed=changed)
    return webhook


async def delete_webhook(context: RequestContext, webhook_id: UUID) -> None:
    """Delete the webhook with its log; what waits is not sent."""
    async with context.unit() as unit:
        webhook, _, base = await load_webhook(unit, context, webhook_id, lock=True)
        await unfollow(unit, webhook.id)
        await unit.session.delete(webhook)
        await audit_webhook(unit, context, AuditAction.WEBHOOK_DELETED, webhook, base)


async def rotate_webhook_secret(context: RequestContext, webhook_id: UUID, overlap: timedelta) -> tuple[Webhook, str]:
    """The webhook and its new secret; messages are signed by the one until now, too, for as long as `overlap`."""
    overlap = clean_overlap(overlap, most=context.services.limits.max_key_overlap)
    secret = new_secret()
    async with context.unit() as unit:
        webhook, _, base = await load_webhook(unit, context, webhook_id, lock=True)
        goes_on = overlap > timedelta(0)
        webhook.former_secret = webhook.sealed_secret if goes_on else None
        webhook.former_until = datetime.now(UTC) + overlap if goes_on else None
        webhook.sealed_secret = context.services.seal.close(secret)
        await unit.session.flush()
        details = {"overlapSeconds": int(overlap.total_seconds())}
        await audit_webhook(unit, context, AuditAction.WEBHOOK_SECRET_ROTATED, webhook, base, **details)
    return webhook, secret


async def _require_room(unit: Unit, context: RequestContext, table_id: UUID) -> None:
    limit = context.services.limits.max_webhooks_per_table
    count = await unit.session.scalar(select(func.count()).where(Webhook.table_id == table_id))
    if count is not None and count >= limit:
        raise BadRequest(f"A table may have at most {limit} webhooks; delete one first.")
