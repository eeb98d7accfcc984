"""Runs functions of extensions: within their time, for their caller, and to an end that can be told."""

import asyncio
import logging
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final
from uuid import UUID

from domain.accounts.viewer import Viewer
from domain.errors import BadRequest, Unavailable
from domain.extensions.calls import Answered, Call
from domain.extensions.faults import FunctionFailed, Refused
from domain.extensions.functions import Function
from resolvers.context import Client
from resolvers.functions.recording import Asked, seconds_of
from resolvers.services import Services

logger = logging.getLogger(__name__)

_DEPTH: Final = ContextVar("function depth", default=0)


def next_depth(services: Services) -> int:
    """How many functions a call is within, itself included; raises `BadRequest` for one too many."""
    depth, most = _DEPTH.get() + 1, services.limits.max_function_depth
    if depth > most:
        raise BadRequest(f"Functions call each other {most} deep at most.")
    return depth


async def run_function(services: Services, asked: Asked, call_id: UUID, client: Client) -> str:
    """What a function answers, as JSON; raises `FunctionFailed` for all that goes wrong within it."""
    function = asked.function
    before = _DEPTH.set(asked.depth)
    call = _call(services, function, call_id, asked.viewer, client)
    positional, named = function.arguments_of(call, asked.given)
    seconds = seconds_of(services, function)
    try:
        async with asyncio.timeout(seconds) as limit:
            returned = await services.extensions.call(function.body, *positional, **named)
        return function.answer_of(returned)
    except Refused as refused:
        raise FunctionFailed.of_call(function.name, call_id, refused.message) from refused
    except Exception as error:
        if limit.expired():
            message = f"The function {function.name!r} took longer than the {seconds:g} s that it may."
            raise FunctionFailed.of_call(function.name, call_id, message) from error
        logger.error("the function %s failed in its call %s", function.name, call_id, exc_info=error)
        raise FunctionFailed.of_call(function.name, call_id, None) from error
    finally:
        _DEPTH.reset(before)


def _call(services: Services, function: Function, id: UUID, viewer: Viewer | None, client: Client) -> Call:
    async def execute(document: str, variables: Mapping[str, Any]) -> Answered:
        if services.api is None:
            raise Unavailable("There is no API in this process.")
        return await services.api.run(viewer, client, document, variables)

    log = logging.getLogger(f"extensions.{function.extension}")
    user_id = None if viewer is None else viewer.user_id
    return Call(id, function.name, user_id, log, execute, asyncio.get_running_loop())
