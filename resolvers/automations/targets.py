"""What the config of a trigger names beside fields: views of the table, and its incoming webhooks."""

from uuid import UUID

from sqlalchemy import select

from adapters.database import Unit
from domain.automations.contract import ConfigJson
from domain.errors import Forbidden, NotFound, Problem, invalid_input
from domain.views.registry import view_type
from models import Table, View
from resolvers.access import visible_to
from resolvers.context import RequestContext
from resolvers.incoming_webhooks.finding import load_incoming


async def check_targets(unit: Unit, context: RequestContext, table: Table, config: ConfigJson) -> None:
    """Raise `ValidationFailed` for a form or an incoming webhook that is none of the table, as the caller sees it."""
    if (view_id := config.get("viewId")) is not None:
        await _check_form(unit, context, table, view_id)
    if (webhook_id := config.get("webhookId")) is not None:
        await _check_webhook(unit, context, table, webhook_id)


async def _check_form(unit: Unit, context: RequestContext, table: Table, view_id: str) -> None:
    statement = select(View).where(View.id == UUID(view_id), View.table_id == table.id, visible_to(context))
    view = await unit.session.scalar(statement)
    if view is None or not view_type(view.type).is_form:
        message = f"The table {table.name!r} has no form with id {view_id}."
        raise invalid_input([Problem(("triggerConfig", "viewId"), message, "value_error.view", value=view_id)])


async def _check_webhook(unit: Unit, context: RequestContext, table: Table, webhook_id: str) -> None:
    try:
        _, owning, _ = await load_incoming(unit, context, UUID(webhook_id))
    except (NotFound, Forbidden):
        owning = None
    if owning is None or owning.id != table.id:
        message = f"The table {table.name!r} has no incoming webhook with id {webhook_id}."
        raise invalid_input([Problem(("triggerConfig", "webhookId"), message, "value_error.webhook", value=webhook_id)])
