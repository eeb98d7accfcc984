"""Root fields of Query about accounts."""

import strawberry


@strawberry.type
class AccountQueries:
    """Who is signed in, their API keys and sessions."""

    @strawberry.field(description="The signed-in user; null for an anonymous caller.")
    async def me(self) -> str | None:
        return None
