"""The root field of Mutation about other people's accounts."""

from typing import Annotated

import strawberry

from graph.accounts.payloads import UserPayload
from graph.accounts.types import User
from graph.given import unless_left_out
from graph.info import Info
from graph.node import read_id
from resolvers.user_admin import UserChanges, update_user


@strawberry.input(description="Changes to an account; what is left out stays as it is.")
class UpdateUserInput:
    """Input of updateUser."""

    id: strawberry.ID = strawberry.field(description="Id of the user.")
    name: strawberry.Maybe[str | None] = strawberry.field(description="What the user is called; null removes it.")
    is_active: strawberry.Maybe[bool] = strawberry.field(
        description="Whether the user may sign in; false ends all their sessions, and their API keys are refused."
    )
    is_staff: strawberry.Maybe[bool] = strawberry.field(
        description="Whether the user is staff; for superusers to change."
    )
    is_superuser: strawberry.Maybe[bool] = strawberry.field(
        description="Whether the user holds all permissions; for superusers to change; one always remains."
    )

    def read(self) -> UserChanges:
        """The changes as the use case takes them."""
        return UserChanges(
            name=unless_left_out(self.name),
            is_active=unless_left_out(self.is_active),
            is_staff=unless_left_out(self.is_staff),
            is_superuser=unless_left_out(self.is_superuser),
        )


@strawberry.type
class UserMutations:
    """Changing accounts, for those who look after the server."""

    @strawberry.mutation(
        description="Change an account. Needs `users:manage`, all permissions of that user, and a session."
    )
    async def update_user(
        self, info: Info, input: Annotated[UpdateUserInput, strawberry.argument(description="The changes.")]
    ) -> UserPayload:
        return UserPayload(user=User.from_model(await update_user(info.context, read_id(input.id), input.read())))
