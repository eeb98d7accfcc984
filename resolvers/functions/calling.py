"""The use case of `callFunction`: a call that the caller waits for, and one that waits in the queue."""

import asyncio
from uuid import UUID

from domain.extensions.faults import FunctionFailed
from models import FunctionCall
from resolvers.context import RequestContext
from resolvers.functions.finding import find_function
from resolvers.functions.queueing import put_into_queue
from resolvers.functions.recording import Asked, FunctionCallMode, FunctionCallStatus, end, new_call, seconds_of, times
from resolvers.functions.running import next_depth, run_function

SECONDS_MORE = 5.0
"""What an operation gets beside the time of its function, for all else that it does."""


async def call_function(context: RequestContext, name: str, arguments: object, mode: FunctionCallMode) -> FunctionCall:
    """The record of a call: that has ended, or waits in the queue.

    Raises `NotFound` for a function that the caller may not call, `ValidationFailed` for arguments that do not fit (of
    which nothing is recorded), and `FunctionFailed`.
    """
    function = find_function(context, name)
    if mode is FunctionCallMode.SYNC:
        context.require_lone()
    depth = next_depth(context.services)
    asked = Asked(function, context.viewer_or_none, function.read(arguments), depth)
    if mode is FunctionCallMode.QUEUED:
        return await put_into_queue(context, asked, arguments)
    return await _call_now(context, asked)


async def _call_now(context: RequestContext, asked: Asked) -> FunctionCall:
    """The call is no part of a transaction: its record, and what it did by operations of its own, stay if it fails."""
    services = context.services
    call = new_call(services, asked, FunctionCallMode.SYNC)
    call.status = FunctionCallStatus.RUNNING.value
    async with context.lasting_unit() as unit:
        for name, moment in times(services, asked.function).items():
            setattr(call, name, moment)
        unit.session.add(call)
        await unit.session.flush()
    context.allow_seconds(seconds_of(services, asked.function) + SECONDS_MORE)
    try:
        output = await run_function(services, asked, call.id, context.client)
    except FunctionFailed as failed:
        await _end(context, call.id, error=failed.message)
        raise
    except asyncio.CancelledError:
        await asyncio.shield(_end(context, call.id, error="Nobody waited for it any longer."))
        raise
    ended = await _end(context, call.id, output=output) or call
    ended.output = output  # its caller gets it, however long it is
    return ended


async def _end(
    context: RequestContext, id: UUID, *, output: str | None = None, error: str | None = None
) -> FunctionCall | None:
    async with context.database.unit() as unit:
        return await end(context.services, unit, id, output=output, error=error)
