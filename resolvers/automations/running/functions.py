"""Calls of functions by steps of automations."""

from collections.abc import Mapping
from typing import Any

import orjson

from domain.extensions.functions import Function
from resolvers.context import RequestContext
from resolvers.functions.calling import call_function
from resolvers.functions.finding import find_function
from resolvers.functions.recording import FunctionCallMode


async def call(context: RequestContext, name: str, arguments: Mapping[str, Any]) -> Any:
    """What a function answers, and the id of its record; the call is no part of the step's transaction.

    Raises what `callFunction` does. When the step is done again, the function is called again.
    """
    made = await call_function(context, name, arguments, FunctionCallMode.SYNC)
    return {"output": None if made.output is None else orjson.loads(made.output), "call": str(made.id)}


def check(context: RequestContext, name: str, arguments: Mapping[str, Any]) -> Function:
    """The function that would be called; raises what `callFunction` would before it calls."""
    function = find_function(context, name)
    function.read(arguments)
    return function
