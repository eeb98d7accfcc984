"""Root fields of Mutation about unique constraints, and their payloads."""

from typing import Annotated

import strawberry

from graph.constraints.inputs import (
    CreateUniqueConstraintInput,
    DeleteUniqueConstraintInput,
    DisableUniqueConstraintInput,
    EnableUniqueConstraintInput,
)
from graph.constraints.types import UniqueConstraint
from graph.info import Info
from graph.node import read_id
from resolvers.constraints.changes import create_constraint, delete_constraint, disable_constraint, enable_constraint


@strawberry.type(description="The unique constraint that was created or changed.")
class UniqueConstraintPayload:
    """Payload of createUniqueConstraint, enableUniqueConstraint and disableUniqueConstraint."""

    unique_constraint: UniqueConstraint = strawberry.field(description="The constraint as it is now.")


@strawberry.type(description="The unique constraint that was deleted.")
class DeleteUniqueConstraintPayload:
    """Payload of deleteUniqueConstraint."""

    deleted_id: strawberry.ID = strawberry.field(description="Id of the constraint that is gone.")


@strawberry.type
class ConstraintMutations:
    """Making, enabling, disabling and deleting unique constraints; all need the role ADMIN."""

    @strawberry.mutation(
        description="Make the values of a field unique. The constraint is ACTIVE at once on a table that is not large, "
        "PENDING while it is built on a large one, and PENDING with the `offendingRecords` where values are there "
        "more than once. CONFLICT when the field has a constraint."
    )
    async def create_unique_constraint(
        self,
        info: Info,
        input: Annotated[CreateUniqueConstraintInput, strawberry.argument(description="The constraint.")],
    ) -> UniqueConstraintPayload:
        constraint = await create_constraint(
            info.context,
            read_id(input.field_id, "fieldId"),
            case_sensitive=input.case_sensitive is not False,
            error_message=input.error_message,
        )
        return UniqueConstraintPayload(unique_constraint=UniqueConstraint.from_model(constraint))

    @strawberry.mutation(
        description="Enable a constraint that is disabled, or try one again that could not be made. "
        "CONSTRAINT_PENDING for one that is being built."
    )
    async def enable_unique_constraint(
        self,
        info: Info,
        input: Annotated[EnableUniqueConstraintInput, strawberry.argument(description="Which constraint.")],
    ) -> UniqueConstraintPayload:
        constraint = await enable_constraint(info.context, read_id(input.id))
        return UniqueConstraintPayload(unique_constraint=UniqueConstraint.from_model(constraint))

    @strawberry.mutation(
        description="Disable a constraint: it is kept, and does not hold. CONSTRAINT_DISABLED for one that is disabled."
    )
    async def disable_unique_constraint(
        self,
        info: Info,
        input: Annotated[DisableUniqueConstraintInput, strawberry.argument(description="Which constraint.")],
    ) -> UniqueConstraintPayload:
        constraint = await disable_constraint(info.context, read_id(input.id))
        return UniqueConstraintPayload(unique_constraint=UniqueConstraint.from_model(constraint))

    @strawberry.mutation(description="Delete a constraint; the field and its values stay.")
    async def delete_unique_constraint(
        self,
        info: Info,
        input: Annotated[DeleteUniqueConstraintInput, strawberry.argument(description="Which constraint.")],
    ) -> DeleteUniqueConstraintPayload:
        await delete_constraint(info.context, read_id(input.id))
        return DeleteUniqueConstraintPayload(deleted_id=input.id)
