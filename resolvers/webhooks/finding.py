"""Webhooks and their logs, for those who may manage them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from adapters.database import Unit
from domain.access.roles import Action
from domain.errors import NotFound
from domain.webhooks.deliveries import DeliveryStatus
from models import Base, LogFollower, Table, Webhook, WebhookAttempt, WebhookDelivery
from resolvers.access import load_table, missing, of_tables
from resolvers.catalog_loader import among, grouped
from resolvers.context import RequestContext
from resolvers.id_pages import IdPage, PageRequest, read_page
from resolvers.loader import Loader


async def load_webhook(
    unit: Unit, context: RequestContext, webhook_id: UUID, *, lock: bool = False
) -> tuple[Webhook, Table, Base]:
    """The webhook, its table and base; raises `NotFound` for what the caller may not see, `Forbidden` for the rest."""
    table_id = await unit.session.scalar(select(Webhook.table_id).where(Webhook.id == webhook_id))
    if table_id is None:
        _ = context.user_id
        raise missing("webhook", webhook_id)
    try:
        table, base = await load_table(unit, context, table_id, Action.MANAGE_WEBHOOKS)
    except NotFound:
        raise missing("webhook", webhook_id) from None
    webhook = await unit.session.get(
        Webhook, webhook_id, populate_existing=True, with_for_update={"key_share": True} if lock else None
    )
    if webhook is None:
        raise missing("webhook", webhook_id)
    return webhook, table, base


async def get_webhook(context: RequestContext, webhook_id: UUID) -> Webhook:
    """One by its id; raises as `load_webhook`."""
    async with context.unit() as unit:
        return (await load_webhook(unit, context, webhook_id))[0]


async def list_webhooks(context: RequestContext, table_id: UUID) -> Sequence[Webhook]:
    """Those of a table, oldest first."""
    async with context.unit() as unit:
        table, _ = await load_table(unit, context, table_id, Action.MANAGE_WEBHOOKS)
        return (await unit.session.scalars(select(Webhook).filter_by(table_id=table.id).order_by(Webhook.id))).all()


class WebhooksLoader(Loader[UUID, list[Webhook]]):
    """The webhooks of tables, oldest first; none of tables whose webhooks the caller may not see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, list[Webhook]]:
        """See `Loader.fetch`."""
        mine = of_tables(self.context, Webhook, Action.MANAGE_WEBHOOKS).where(among(Webhook.table_id, keys))
        found = await unit.session.scalars(mine.order_by(Webhook.id))
        return grouped(keys, ((webhook.table_id, webhook) for webhook in found))


async def load_delivery(
    unit: Unit, context: RequestContext, delivery_id: UUID
) -> tuple[WebhookDelivery, Webhook, Base]:
    """A message, its webhook and base; raises as `load_webhook`."""
    delivery = await unit.session.get(WebhookDelivery, delivery_id, populate_existing=True)
    if delivery is None:
        _ = context.user_id
        raise missing("delivery", delivery_id)
    try:
        webhook, _, base = await load_webhook(unit, context, delivery.webhook_id)
    except NotFound:
        raise missing("delivery", delivery_id) from None
    return delivery, webhook, base


async def get_delivery(context: RequestContext, delivery_id: UUID) -> WebhookDelivery:
    """One by its id; raises as `load_webhook`."""
    async with context.unit() as unit:
        return (await load_delivery(unit, context, delivery_id))[0]


async def list_deliveries(
    context: RequestContext, webhook_id: UUID, page: PageRequest, status: DeliveryStatus | None
) -> IdPage[WebhookDelivery]:
    """The log of a webhook that the caller was given, the newest message first."""
    statement = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
    if status is not None:
        statement = statement.where(WebhookDelivery.status == status.value)
    async with context.unit() as unit:
        return await read_page(unit, statement, WebhookDelivery.id, page)


class AttemptsLoader(Loader[UUID, list[WebhookAttempt]]):
    """The attempts of messages that the caller was given, oldest first."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, list[WebhookAttempt]]:
        """See `Loader.fetch`."""
        found: dict[UUID, list[WebhookAttempt]] = {key: [] for key in keys}
        statement = select(WebhookAttempt).where(among(WebhookAttempt.delivery_id, keys)).order_by(WebhookAttempt.id)
        for attempt in await unit.session.scalars(statement):
            found[attempt.delivery_id].append(attempt)
        return found


class FollowersLoader(Loader[UUID, str]):
    """Why webhooks that the caller was given cannot read the log at present."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, str]:
        """See `Loader.fetch`."""
        statement = select(LogFollower.id, LogFollower.error).where(among(LogFollower.id, keys))
        return {row.id: row.error for row in await unit.session.execute(statement) if row.error is not None}
