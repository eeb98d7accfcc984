"""Root fields of Query about the accounts of the server."""

from typing import Annotated

import strawberry

from graph.accounts.types import User
from graph.id_pages import AfterPlace, FirstItems, read_page_request
from graph.info import Info
from graph.node import read_id
from graph.users.types import UserConnection, UserFilter
from resolvers.user_admin import UserFilter as Wanted
from resolvers.user_admin import find_user, list_users

FilterArgument = Annotated[
    UserFilter | None, strawberry.argument(name="filter", description="Only accounts for which this holds.")
]


@strawberry.type
class UserQueries:
    """Accounts, for those who look after the server."""

    @strawberry.field(description="The accounts of the server, the newest first. Needs `users:read`, and a session.")
    async def users(
        self, info: Info, filter_: FilterArgument = None, first: FirstItems = None, after: AfterPlace = None
    ) -> UserConnection:
        page = read_page_request(first, after, info.context.services.limits)
        wanted = Wanted() if filter_ is None else filter_.read()
        return UserConnection.from_page(await list_users(info.context, wanted, page), wanted)

    @strawberry.field(
        description="A user by id: with `users:read` and a session anybody, else oneself and who shares a workspace."
    )
    async def user(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of the user.")]
    ) -> User | None:
        return User.from_model(await find_user(info.context, read_id(id)))
