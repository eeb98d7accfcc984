"""What else opens an account, and ends with it."""

from uuid import UUID

from sqlalchemy import delete

from adapters.database import Unit
from models import ApiKey, ApplicationToken, Authenticator, Identity, Passkey, RecoveryCode
from resolvers.context import RequestContext


async def end_keys(unit: Unit, context: RequestContext, user_id: UUID) -> None:
    """Delete every API key of an account; they are refused from the commit on, in other processes within a second."""
    statement = delete(ApiKey).where(ApiKey.user_id == user_id)
    await unit.session.execute(statement.execution_options(synchronize_session=False))
    unit.after_commit(context.services.authenticator.forget)


async def end_other_ways_in(unit: Unit, user_id: UUID) -> None:
    """Delete what else lets somebody into an account, or keeps its owner out: tokens, passkeys, providers, codes."""
    for model in (ApplicationToken, Passkey, Identity, Authenticator, RecoveryCode):
        statement = delete(model).where(model.user_id == user_id)
        await unit.session.execute(statement.execution_options(synchronize_session=False))
