"""What the config of a trigger names beside fields: views of the table."""

from uuid import UUID

from sqlalchemy import select

from adapters.database import Unit
from domain.automations.contract import ConfigJson
from domain.errors import Problem, invalid_input
from domain.views.registry import view_type
from models import Table, View
from resolvers.access import visible_to
from resolvers.context import RequestContext


async def check_targets(unit: Unit, context: RequestContext, table: Table, config: ConfigJson) -> None:
    """Raise `ValidationFailed` for a form that is none of the table, as far as the caller sees its views."""
    view_id = config.get("viewId")
    if view_id is None:
        return
    statement = select(View).where(View.id == UUID(view_id), View.table_id == table.id, visible_to(context))
    view = await unit.session.scalar(statement)
    if view is None or not view_type(view.type).is_form:
        message = f"The table {table.name!r} has no form with id {view_id}."
        raise invalid_input([Problem(("triggerConfig", "viewId"), message, "value_error.view", value=view_id)])
