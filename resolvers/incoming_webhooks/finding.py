"""Incoming webhooks and their logs, for those who may manage them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from adapters.database import Unit
from domain.access.roles import Action
from domain.errors import NotFound
from models import Base, IncomingRequest, IncomingWebhook, Table
from resolvers.access import load_table, missing, of_tables
from resolvers.catalog_loader import among, grouped
from resolvers.context import RequestContext
from resolvers.id_pages import IdPage, PageRequest, read_page
from resolvers.loader import Loader


async def load_incoming(
    unit: Unit, context: RequestContext, webhook_id: UUID, *, lock: bool = False
) -> tuple[IncomingWebhook, Table, Base]:
    """The webhook, its table and base; raises `NotFound` for what the caller may not see, `Forbidden` for the rest."""
    what = "incoming webhook"
    table_id = await unit.session.scalar(select(IncomingWebhook.table_id).where(IncomingWebhook.id == webhook_id))
    if table_id is None:
        _ = context.user_id
        raise missing(what, webhook_id)
    try:
        table, base = await load_table(unit, context, table_id, Action.MANAGE_WEBHOOKS)
    except NotFound:
        raise missing(what, webhook_id) from None
    webhook = await unit.session.get(
        IncomingWebhook, webhook_id, populate_existing=True, with_for_update={"key_share": True} if lock else None
    )
    if webhook is None:
        raise missing(what, webhook_id)
    return webhook, table, base


async def get_incoming_webhook(context: RequestContext, webhook_id: UUID) -> IncomingWebhook:
    """One by its id; raises as `load_incoming`."""
    async with context.unit() as unit:
        return (await load_incoming(unit, context, webhook_id))[0]


async def list_incoming_webhooks(context: RequestContext, table_id: UUID) -> Sequence[IncomingWebhook]:
    """Those of a table, oldest first."""
    async with context.unit() as unit:
        table, _ = await load_table(unit, context, table_id, Action.MANAGE_WEBHOOKS)
        mine = select(IncomingWebhook).filter_by(table_id=table.id).order_by(IncomingWebhook.id)
        return (await unit.session.scalars(mine)).all()


class IncomingWebhooksLoader(Loader[UUID, list[IncomingWebhook]]):
    """The incoming webhooks of tables, oldest first; none of tables whose webhooks the caller may not see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, list[IncomingWebhook]]:
        """See `Loader.fetch`."""
        mine = of_tables(self.context, IncomingWebhook, Action.MANAGE_WEBHOOKS)
        mine = mine.where(among(IncomingWebhook.table_id, keys)).order_by(IncomingWebhook.id)
        return grouped(keys, ((webhook.table_id, webhook) for webhook in await unit.session.scalars(mine)))


async def list_incoming_requests(
    context: RequestContext, webhook_id: UUID, page: PageRequest
) -> IdPage[IncomingRequest]:
    """The log of a webhook that the caller was given, the newest request first."""
    statement = select(IncomingRequest).where(IncomingRequest.webhook_id == webhook_id)
    async with context.unit() as unit:
        return await read_page(unit, statement, IncomingRequest.id, page)
