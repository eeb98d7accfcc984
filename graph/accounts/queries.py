"""Root fields of Query about accounts."""

import strawberry

from graph.accounts.types import ApiKey, Session, User
from graph.info import Info
from resolvers.api_keys import list_api_keys
from resolvers.sessions import list_sessions
from resolvers.users import get_me


@strawberry.type
class AccountQueries:
    """Who is signed in, their API keys and sessions."""

    @strawberry.field(description="The signed-in user; null for an anonymous caller.")
    async def me(self, info: Info) -> User | None:
        user = await get_me(info.context)
        return None if user is None else User.from_model(user)

    @strawberry.field(description="The caller's API keys, oldest first. Needs a session.")
    async def api_keys(self, info: Info) -> list[ApiKey]:
        return [ApiKey.from_model(key) for key in await list_api_keys(info.context)]

    @strawberry.field(
        description="The caller's 100 most recently active sessions that have not ended. Needs a session."
    )
    async def sessions(self, info: Info) -> list[Session]:
        return [Session.from_model(session, info.context) for session in await list_sessions(info.context)]
