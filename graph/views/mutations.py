"""Root fields of Mutation about views, and their payloads."""

from typing import Annotated

import strawberry

from graph.info import Info
from graph.node import read_id, read_ids
from graph.views.inputs import (
    CreateViewInput,
    DeleteViewInput,
    DuplicateViewInput,
    ReorderViewsInput,
    UpdateViewInput,
)
from graph.views.types import View
from resolvers.views.changes import create_view, delete_view, duplicate_view, reorder_views, update_view


@strawberry.type(description="The view that was created or changed.")
class ViewPayload:
    """Payload of createView, updateView and duplicateView."""

    view: View = strawberry.field(description="The view as it is now.")


@strawberry.type(description="The view that was deleted.")
class DeleteViewPayload:
    """Payload of deleteView."""

    deleted_id: strawberry.ID = strawberry.field(description="Id of the view that is gone.")


@strawberry.type(description="The views in their new order.")
class ReorderViewsPayload:
    """Payload of reorderViews."""

    views: list[View] = strawberry.field(description="All views of the table that the caller sees.")


@strawberry.type
class ViewMutations:
    """Making, changing and deleting views; all need the role EDITOR."""

    @strawberry.mutation(description="Create a view of a table.")
    async def create_view(
        self, info: Info, input: Annotated[CreateViewInput, strawberry.argument(description="The view.")]
    ) -> ViewPayload:
        table_id, draft = read_id(input.table_id, "tableId"), input.draft(info.context.services.limits)
        return ViewPayload(view=View.from_model(await create_view(info.context, table_id, draft)))

    @strawberry.mutation(description="Change a view. CONFLICT for a locked one that is not unlocked with it.")
    async def update_view(
        self, info: Info, input: Annotated[UpdateViewInput, strawberry.argument(description="The changes.")]
    ) -> ViewPayload:
        view = await update_view(
            info.context,
            read_id(input.id),
            name=input.name,
            is_locked=input.is_locked,
            is_indexed=input.is_indexed,
            changes=input.changes(info.context.services.limits),
        )
        return ViewPayload(view=View.from_model(view))

    @strawberry.mutation(description="Delete a view; its records stay. CONFLICT for a locked one.")
    async def delete_view(
        self, info: Info, input: Annotated[DeleteViewInput, strawberry.argument(description="Which view.")]
    ) -> DeleteViewPayload:
        await delete_view(info.context, read_id(input.id))
        return DeleteViewPayload(deleted_id=input.id)

    @strawberry.mutation(description="Copy a view within its table.")
    async def duplicate_view(
        self, info: Info, input: Annotated[DuplicateViewInput, strawberry.argument(description="Which view.")]
    ) -> ViewPayload:
        id = read_id(input.id)
        view = await duplicate_view(info.context, id, name=input.name, is_personal=input.is_personal)
        return ViewPayload(view=View.from_model(view))

    @strawberry.mutation(description="Put the views of a table in another order.")
    async def reorder_views(
        self, info: Info, input: Annotated[ReorderViewsInput, strawberry.argument(description="The order.")]
    ) -> ReorderViewsPayload:
        table_id, view_ids = read_id(input.table_id, "tableId"), read_ids(input.view_ids, "viewIds")
        views = await reorder_views(info.context, table_id, view_ids)
        return ReorderViewsPayload(views=[View.from_model(view) for view in views])
