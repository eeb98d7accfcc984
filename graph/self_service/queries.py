"""Root fields of Query by which people look after their own account."""

import strawberry
from strawberry.scalars import JSON

from graph.info import Info
from resolvers.self_service.export import export_me


@strawberry.type
class SelfServiceQueries:
    """What the server knows of somebody."""

    @strawberry.field(
        description="All that is kept of the caller's account: the account itself, sessions, API keys without their "
        "secrets, mails with links, memberships and personal views (the newest 1,000 of each), and how many `records` "
        "the caller has created in each of the first 1,000 tables of their workspaces. Needs a session."
    )
    async def export_me(self, info: Info) -> JSON:
        return JSON(await export_me(info.context))
