"""Root fields of Query about extensions, their functions and the calls of these."""

from typing import Annotated

import strawberry

from graph.functions.inputs import FunctionCallFilter
from graph.functions.types import Extension, Function, FunctionCall, FunctionCallConnection
from graph.id_pages import AfterPlace, FirstItems, read_page_request
from graph.info import Info
from graph.node import read_id
from resolvers.functions.finding import list_functions
from resolvers.functions.reading import CallFilter, list_extensions, read_function_call, read_function_calls


@strawberry.type
class FunctionQueries:
    """What extensions bring."""

    @strawberry.field(description="The functions that the caller may call, by name.")
    def functions(self, info: Info) -> list[Function]:
        return [Function.from_spec(each) for each in list_functions(info.context)]

    @strawberry.field(description="A call of the caller's; any with `functions:read` and a session.")
    async def function_call(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of the call.")]
    ) -> FunctionCall:
        return FunctionCall.from_model(await read_function_call(info.context, read_id(id)))

    @strawberry.field(
        description="The calls of the caller's, the newest first; everybody's with `functions:read` and a session."
    )
    async def function_calls(
        self,
        info: Info,
        filter_: Annotated[
            FunctionCallFilter | None,
            strawberry.argument(name="filter", description="Only calls for which this holds."),
        ] = None,
        first: FirstItems = None,
        after: AfterPlace = None,
    ) -> FunctionCallConnection:
        page = read_page_request(first, after, info.context.services.limits)
        wanted = CallFilter() if filter_ is None else filter_.read()
        return FunctionCallConnection.from_page(await read_function_calls(info.context, wanted, page))

    @strawberry.field(
        description="The installed extensions by name, as the process that answers knows them. Needs `functions:read`, "
        "and a session."
    )
    async def extensions(self, info: Info) -> list[Extension]:
        return [Extension.from_installed(each) for each in await list_extensions(info.context)]
