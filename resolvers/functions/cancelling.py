"""The use case of `cancelFunctionCall`: a queued call that its caller does not want any more."""

from uuid import UUID

from sqlalchemy import func, select

from adapters.jobs import cancel_keys
from domain.errors import Conflict, NotFound
from models import FunctionCall
from resolvers.context import RequestContext
from resolvers.functions.queueing import job_key
from resolvers.functions.recording import FunctionCallMode, FunctionCallStatus

_REASON = "Its caller cancelled it."


async def cancel_function_call(context: RequestContext, id: UUID) -> FunctionCall:
    """One's own call, which is not made, or is cut off where it has begun; what it has done till then stays.

    A limited API key cancels those that were made with it. Raises `NotFound`, and `Conflict` for a call that has ended,
    or that its caller waits for.
    """
    viewer = context.viewer
    mine = select(FunctionCall).where(FunctionCall.id == id, FunctionCall.user_id == viewer.user_id)
    if viewer.reach is not None:
        mine = mine.where(FunctionCall.api_key_id == viewer.api_key_id)
    async with context.unit() as unit:
        call = await unit.session.scalar(mine.with_for_update().execution_options(populate_existing=True))
        if call is None:
            raise NotFound(f"You have made no call of a function with id {id}.", functionCallId=id)
        if call.finished_at is not None:
            raise Conflict(f"The call has ended: it has {call.status}.", functionCallId=str(id))
        if call.mode != FunctionCallMode.QUEUED.value:
            raise Conflict("Its caller waits for this call: only queued ones are cancelled.", functionCallId=str(id))
        call.status, call.error = FunctionCallStatus.CANCELLED.value, _REASON
        call.sealed_arguments, call.finished_at = None, func.now()
        await unit.session.flush()
        await unit.session.refresh(call)
        await cancel_keys(unit.connection, [job_key(id)])
    return call
