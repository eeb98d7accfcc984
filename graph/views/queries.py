"""Root fields of Query about views and their types."""

from typing import Annotated

import strawberry

from domain.views.registry import view_types
from graph.info import Info
from graph.node import read_id
from graph.views.types import View, ViewTypeInfo
from resolvers.views.finding import get_view, list_views


@strawberry.type
class ViewQueries:
    """Views that the caller may see, and the types that views can have."""

    @strawberry.field(description="Every type of view, with what its config says.")
    def view_types(self) -> list[ViewTypeInfo]:
        return [ViewTypeInfo.from_type(type) for type in view_types().values()]

    @strawberry.field(description="The views of a table in their order, the caller's own personal ones among them.")
    async def views(
        self, info: Info, table_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the table.")]
    ) -> list[View]:
        return [View.from_model(view) for view in await list_views(info.context, read_id(table_id, "tableId"))]

    @strawberry.field(description="A view by its id.")
    async def view(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of the view.")]
    ) -> View | None:
        return View.from_model(await get_view(info.context, read_id(id)))
