"""Making, changing and deleting incoming webhooks. Who changes one is its owner: it writes what that user may write."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, select

from adapters.database import Unit
from domain.access.roles import Action
from domain.audit.actions import AuditAction
from domain.bases.catalog import TableMeta
from domain.errors import BadRequest
from domain.ids import Kind, new_id
from domain.names import clean_name
from domain.unchanged import UNCHANGED, Unchanged
from domain.webhooks.paths import read_path
from domain.webhooks.signing import check_secret
from domain.webhooks.tokens import INCOMING_TOKENS, PATH
from models import IncomingWebhook
from resolvers.access import load_table
from resolvers.context import RequestContext
from resolvers.incoming_webhooks.finding import load_incoming
from resolvers.narrowing import for_caller
from resolvers.records.upserting import merge_fields
from resolvers.services import Services
from resolvers.views.content import table_of
from resolvers.webhooks.auditing import audit_webhook


@dataclass(frozen=True, slots=True)
class IncomingChanges:
    """What a client wants a webhook to say; what is `UNCHANGED` stays. Fields are given by id or name.

    A mapping is a path and a field; `merge_on` are the fields that tell which record is changed, none for a new one
    each time; requests must be signed by `secret`, None for any request.
    """

    name: str | Unchanged = UNCHANGED
    mappings: Sequence[tuple[str, str]] | Unchanged = UNCHANGED
    merge_on: Sequence[str] | Unchanged = UNCHANGED
    secret: str | Unchanged | None = UNCHANGED
    is_enabled: bool | Unchanged = UNCHANGED

    @property
    def names(self) -> list[str]:
        """What it changes."""
        return [field.name for field in fields(self) if getattr(self, field.name) is not UNCHANGED]


async def create_incoming_webhook(
    context: RequestContext, table_id: UUID, content: IncomingChanges
) -> tuple[IncomingWebhook, str]:
    """A new webhook, and its address, which is shown this once."""
    token = INCOMING_TOKENS.new()
    async with context.unit() as unit:
        table, base = await load_table(unit, context, table_id, Action.MANAGE_WEBHOOKS, lock=True)
        await _require_room(unit, context, table.id)
        webhook = IncomingWebhook(
            id=new_id(Kind.INCOMING_WEBHOOK),
            table_id=table.id,
            owner_id=context.user_id,
            token_hash=token.digest,
            mappings=[],
            merge_field_ids=[],
            is_enabled=True,
            created_at=datetime.now(UTC),
        )
        await _set(unit, context, webhook, content)
        unit.session.add(webhook)
        await unit.session.flush()
        await audit_webhook(unit, context, AuditAction.INCOMING_WEBHOOK_CREATED, webhook, base)
    return webhook, address_of(context.services, token.text)


async def update_incoming_webhook(
    context: RequestContext, webhook_id: UUID, changes: IncomingChanges
) -> IncomingWebhook:
    """The webhook with the changes, the caller's own by now."""
    async with context.unit() as unit:
        webhook, _, base = await load_incoming(unit, context, webhook_id, lock=True)
        await _set(unit, context, webhook, changes)
        webhook.owner_id = context.user_id
        await unit.session.flush()
        await audit_webhook(unit, context, AuditAction.INCOMING_WEBHOOK_UPDATED, webhook, base, changed=changes.names)
    return webhook


async def regenerate_token(context: RequestContext, webhook_id: UUID) -> tuple[IncomingWebhook, str]:
    """The webhook and its new address; the one until now takes nothing any more."""
    token = INCOMING_TOKENS.new()
    async with context.unit() as unit:
        webhook, _, base = await load_incoming(unit, context, webhook_id, lock=True)
        webhook.token_hash = token.digest
        await unit.session.flush()
        await audit_webhook(unit, context, AuditAction.INCOMING_WEBHOOK_TOKEN_REGENERATED, webhook, base)
    return webhook, address_of(context.services, token.text)


async def delete_incoming_webhook(context: RequestContext, webhook_id: UUID) -> None:
    """Delete the webhook with its log; its address is unknown from now on."""
    async with context.unit() as unit:
        webhook, _, base = await load_incoming(unit, context, webhook_id, lock=True)
        await unit.session.delete(webhook)
        await audit_webhook(unit, context, AuditAction.INCOMING_WEBHOOK_DELETED, webhook, base)


def address_of(services: Services, token: str) -> str:
    """Where requests go."""
    return f"{services.public_url.rstrip('/')}{PATH}{token}"


async def _set(unit: Unit, context: RequestContext, webhook: IncomingWebhook, changes: IncomingChanges) -> None:
    limits = context.services.limits
    table = await for_caller(context, unit, await table_of(unit, webhook.table_id))
    if changes.name is not UNCHANGED:
        webhook.name = clean_name(changes.name, "webhook", limit=limits.max_name_length)
    if changes.mappings is not UNCHANGED:
        webhook.mappings = _mappings(changes.mappings, table, limits.max_webhook_mappings)
    if changes.merge_on is not UNCHANGED:
        found = merge_fields(table, changes.merge_on) if changes.merge_on else []
        webhook.merge_field_ids = [str(field.id) for field in found]
    if changes.secret is not UNCHANGED:
        webhook.sealed_secret = None if changes.secret is None else _sealed(context.services, changes.secret)
    if changes.is_enabled is not UNCHANGED:
        webhook.is_enabled = changes.is_enabled
    if set(webhook.merge_field_ids) - {mapping["fieldId"] for mapping in webhook.mappings}:
        raise BadRequest("The fields to merge on must be among those that are mapped.", argument="mergeOn")


def _mappings(given: Sequence[tuple[str, str]], table: TableMeta, most: int) -> list[dict[str, str]]:
    if len(given) > most:
        raise BadRequest(f"An incoming webhook sets at most {most} fields.", argument="fieldMappings")
    found: dict[str, str] = {}
    for path, key in given:
        read_path(path)
        field = table.field(key)
        if not field.type.is_writable:
            raise BadRequest(f"The field {field.name!r} cannot be written.", argument="fieldMappings", field=field.name)
        if str(field.id) in found:
            raise BadRequest(f"The field {field.name!r} is mapped twice.", argument="fieldMappings", field=field.name)
        found[str(field.id)] = path
    return [{"path": path, "fieldId": id} for id, path in found.items()]


def _sealed(services: Services, secret: str) -> bytes:
    check_secret(secret)
    return services.seal.close(secret)


async def _require_room(unit: Unit, context: RequestContext, table_id: UUID) -> None:
    limit = context.services.limits.max_webhooks_per_table
    count = await unit.session.scalar(select(func.count()).where(IncomingWebhook.table_id == table_id))
    if count is not None and count >= limit:
        raise BadRequest(f"A table may have at most {limit} incoming webhooks; delete one first.")
