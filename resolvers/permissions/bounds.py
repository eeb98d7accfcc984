"""How many roles, groups and added permissions there may be: their lists have no pages."""

from sqlalchemy import func, select

from adapters.database import Unit
from domain.errors import BadRequest
from models import Model
from resolvers.context import RequestContext


async def require_room(unit: Unit, context: RequestContext, model: type[Model], what: str) -> None:
    """Raise `BadRequest` when there are as many as there may be; rights must be locked."""
    limit = context.services.limits.max_roles
    count = await unit.session.scalar(select(func.count()).select_from(model))
    if count is not None and count >= limit:
        raise BadRequest(f"There may be at most {limit:,} {what}; delete one first.")
