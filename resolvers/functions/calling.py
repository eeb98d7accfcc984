"""The use case of `callFunction`."""

import asyncio
from uuid import UUID

from pydantic import BaseModel

from domain.extensions.faults import FunctionFailed
from domain.extensions.functions import Function
from domain.ids import Kind, new_id
from models import FunctionCall
from resolvers.context import RequestContext
from resolvers.functions.finding import find_function
from resolvers.functions.recording import begin, end
from resolvers.functions.running import next_depth, run_function, seconds_of

SECONDS_MORE = 5.0
"""What an operation gets beside the time of its function, for all else that it does."""


async def call_function(context: RequestContext, name: str, arguments: object) -> FunctionCall:
    """Call a function and wait for it; the record of the call.

    The call is no part of the operation's transaction, and must stand before all that is: its record, and what it did
    by operations of its own, stay when something fails later. Raises `NotFound` for a function that the caller may not
    call, `ValidationFailed` for arguments that do not fit (of which nothing is recorded), and `FunctionFailed`.
    """
    function = find_function(context, name)
    given = function.read(arguments)
    depth = next_depth(context.services)
    id = new_id(Kind.FUNCTION_CALL)
    seconds = seconds_of(context.services, function)
    most = context.services.limits.max_function_record_bytes
    async with context.lasting_unit() as unit:
        viewer = context.viewer_or_none
        begun = await begin(unit, id, function, viewer, given, seconds=seconds, depth=depth, most_bytes=most)
    context.allow_seconds(seconds + SECONDS_MORE)
    return await _run(context, function, given, id, depth) or begun


async def _run(
    context: RequestContext, function: Function, given: BaseModel, id: UUID, depth: int
) -> FunctionCall | None:
    services, viewer = context.services, context.viewer_or_none
    try:
        output = await run_function(
            services, function, given, call_id=id, viewer=viewer, client=context.client, depth=depth
        )
    except FunctionFailed as failed:
        await _end(context, id, error=failed.message)
        raise
    except asyncio.CancelledError:
        await asyncio.shield(_end(context, id, error="Nobody waited for it any longer."))
        raise
    return await _end(context, id, output=output)


async def _end(
    context: RequestContext, id: UUID, *, output: object = None, error: str | None = None
) -> FunctionCall | None:
    most = context.services.limits.max_function_record_bytes
    async with context.database.unit() as unit:
        return await end(unit, id, output=output, error=error, most_bytes=most)
