"""What else opens an account, and ends with it."""

from uuid import UUID

from sqlalchemy import delete

from adapters.database import Unit
from models import ApiKey
from resolvers.context import RequestContext


async def end_keys(unit: Unit, context: RequestContext, user_id: UUID) -> None:
    """Delete every API key of an account; they are refused from the commit on, in other processes within a second."""
    statement = delete(ApiKey).where(ApiKey.user_id == user_id)
    await unit.session.execute(statement.execution_options(synchronize_session=False))
    unit.after_commit(context.services.authenticator.forget)
