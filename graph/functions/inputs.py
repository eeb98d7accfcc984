"""Inputs about functions of extensions."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from graph.functions.enums import FunctionCallMode, FunctionCallStatus
from graph.node import read_optional_id
from resolvers.functions.reading import CallFilter


@strawberry.input(description="A function to call.")
class CallFunctionInput:
    """Input of callFunction."""

    name: str = strawberry.field(description="Name of the function.")
    arguments: JSON | None = strawberry.field(
        default=None, description="An object that fits the function's `inputSchema`; an empty one when left out."
    )
    mode: FunctionCallMode | None = strawberry.field(
        default=FunctionCallMode.SYNC, description="Whether to wait for it."
    )


@strawberry.input(description="Which calls; all that is given must hold.")
class FunctionCallFilter:
    """The argument `filter` of functionCalls."""

    function: str | None = strawberry.field(default=None, description="Only calls of this function.")
    statuses: list[FunctionCallStatus] | None = strawberry.field(
        default=None, description="Only calls that are so far."
    )
    user_id: strawberry.ID | None = strawberry.field(default=None, description="Only what this user called.")
    since: datetime | None = strawberry.field(default=None, description="Only from this moment on.")
    until: datetime | None = strawberry.field(default=None, description="Only before this moment.")

    def read(self) -> CallFilter:
        """The filter as the use case takes it."""
        user_id = read_optional_id(self.user_id, "userId")
        return CallFilter(self.function, self.statuses, user_id, self.since, self.until)


@strawberry.input(description="A queued call that is not wanted any more.")
class CancelFunctionCallInput:
    """Input of cancelFunctionCall."""

    id: strawberry.ID = strawberry.field(description="Id of the call.")
