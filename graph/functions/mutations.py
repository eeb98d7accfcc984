"""Root fields of Mutation about functions of extensions."""

from typing import Annotated

import strawberry

from graph.functions.enums import FunctionCallMode
from graph.functions.inputs import CallFunctionInput, CancelFunctionCallInput
from graph.functions.types import FunctionCall
from graph.info import Info
from graph.node import read_id
from resolvers.functions.calling import call_function
from resolvers.functions.cancelling import cancel_function_call


@strawberry.type(description="The call that was made, or that waits.")
class CallFunctionPayload:
    """Payload of callFunction."""

    function_call: FunctionCall = strawberry.field(description="The call.")


@strawberry.type(description="The call that is not made, or was cut off.")
class CancelFunctionCallPayload:
    """Payload of cancelFunctionCall."""

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

    @strawberry.mutation(
        description="Cancel a queued call of one's own: it is not made, or cut off where it has begun, and what it has "
        "done till then stays. One that has ended, or that its caller waits for, is `CONFLICT`."
    )
    async def cancel_function_call(
        self, info: Info, input: Annotated[CancelFunctionCallInput, strawberry.argument(description="Which one.")]
    ) -> CancelFunctionCallPayload:
        call = await cancel_function_call(info.context, read_id(input.id, "id"))
        return CancelFunctionCallPayload(function_call=FunctionCall.from_model(call))
