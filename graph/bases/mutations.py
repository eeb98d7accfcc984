"""Root fields of Mutation about bases, and their payloads."""

from typing import Annotated

import strawberry

from graph.bases.inputs import CreateBaseInput, DeleteBaseInput, DuplicateBaseInput, UpdateBaseInput
from graph.bases.types import Base
from graph.info import Info
from graph.node import read_id
from resolvers.bases import create_base, delete_base, update_base
from resolvers.duplication import duplicate_base


@strawberry.type(description="The base that was created or changed.")
class BasePayload:
    """Payload of createBase, updateBase and duplicateBase."""

    base: Base = strawberry.field(description="The base as it is now.")


@strawberry.type(description="The base that was deleted.")
class DeleteBasePayload:
    """Payload of deleteBase."""

    deleted_id: strawberry.ID = strawberry.field(description="Id of the base that is gone.")


@strawberry.type
class BaseMutations:
    """Making, changing and deleting bases; all need the role ADMIN."""

    @strawberry.mutation(description="Create a base without tables.")
    async def create_base(
        self, info: Info, input: Annotated[CreateBaseInput, strawberry.argument(description="The base.")]
    ) -> BasePayload:
        base = await create_base(info.context, read_id(input.workspace_id, "workspaceId"), input.name)
        return BasePayload(base=Base.from_model(base))

    @strawberry.mutation(description="Change a base.")
    async def update_base(
        self, info: Info, input: Annotated[UpdateBaseInput, strawberry.argument(description="The changes.")]
    ) -> BasePayload:
        base = await update_base(info.context, read_id(input.id), name=input.name)
        return BasePayload(base=Base.from_model(base))

    @strawberry.mutation(description="Delete a base with its tables and all their records.")
    async def delete_base(
        self, info: Info, input: Annotated[DeleteBaseInput, strawberry.argument(description="Which base.")]
    ) -> DeleteBasePayload:
        await delete_base(info.context, read_id(input.id))
        return DeleteBasePayload(deleted_id=input.id)

    @strawberry.mutation(description="Copy a base with its tables and fields, and its records if they are wanted.")
    async def duplicate_base(
        self, info: Info, input: Annotated[DuplicateBaseInput, strawberry.argument(description="What and where to.")]
    ) -> BasePayload:
        base = await duplicate_base(
            info.context,
            read_id(input.base_id, "baseId"),
            name=input.name,
            workspace_id=None if input.workspace_id is None else read_id(input.workspace_id, "workspaceId"),
            include_records=input.include_records,
        )
        return BasePayload(base=Base.from_model(base))
