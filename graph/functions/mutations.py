"""Root fields of Mutation about functions of extensions."""

from typing import Annotated

import strawberry

from graph.functions.enums import FunctionCallMode
from graph.functions.inputs import CallFunctionInput
from graph.functions.types import FunctionCall
from graph.info import Info
from resolvers.functions.calling import call_function


@strawberry.type(description="The call that was made, or that waits.")
class CallFunctionPayload:
    """Payload of callFunction."""

    function_call: FunctionCall = strawberry.field(description="The call.")


@strawberry.type
class FunctionMutations:
    """Calls of functions."""

    @strawberry.mutation(
        description="Call a function of an extension. A call that is waited for is the only root field of its "
        "operation, and stays recorded when it fails (`FUNCTION_FAILED`); a queued one begins when the operation is "
        "committed."
    )
    async def call_function(
        self, info: Info, input: Annotated[CallFunctionInput, strawberry.argument(description="The call.")]
    ) -> CallFunctionPayload:
        arguments: object = {} if input.arguments is None else input.arguments
        call = await call_function(info.context, input.name, arguments, input.mode or FunctionCallMode.SYNC)
        return CallFunctionPayload(function_call=FunctionCall.from_model(call))
