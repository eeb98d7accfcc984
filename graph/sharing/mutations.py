"""Root fields of Mutation about shared views, their inputs and their payloads."""

from datetime import datetime
from typing import Annotated

import strawberry

from graph.info import Info
from graph.node import read_id
from graph.sharing.types import ShareLink
from resolvers.sharing.links import create_share_link, revoke_share_link


@strawberry.input(description="A link to a view.")
class CreateShareLinkInput:
    """Input of createShareLink."""

    view_id: strawberry.ID = strawberry.field(description="Id of a view that all members see, and that is no form.")
    password: str | None = strawberry.field(
        default=None, description="What has to be given with the token: 8 to 200 characters; null for nothing."
    )
    expires_at: datetime | None = strawberry.field(default=None, description="When the link ends; null for never.")


@strawberry.input(description="A link to revoke.")
class RevokeShareLinkInput:
    """Input of revokeShareLink."""

    id: strawberry.ID = strawberry.field(description="Id of the link.")


@strawberry.type(description="The link that was made.")
class CreateShareLinkPayload:
    """Payload of createShareLink."""

    share_link: ShareLink = strawberry.field(description="The link.")
    token: str = strawberry.field(description="What opens the view; it is shown this once.")


@strawberry.type(description="The link that was revoked.")
class RevokeShareLinkPayload:
    """Payload of revokeShareLink."""

    revoked_id: strawberry.ID = strawberry.field(description="Id of the link that is no more.")


@strawberry.type
class SharingMutations:
    """Making and revoking links to views."""

    @strawberry.mutation(
        description="Make a link by which everybody who has its token reads the records of a view, and nothing else. "
        "Needs the role ADMIN."
    )
    async def create_share_link(
        self, info: Info, input: Annotated[CreateShareLinkInput, strawberry.argument(description="The link.")]
    ) -> CreateShareLinkPayload:
        link, token = await create_share_link(
            info.context, read_id(input.view_id, "viewId"), password=input.password, expires_at=input.expires_at
        )
        return CreateShareLinkPayload(share_link=ShareLink.from_model(link), token=token)

    @strawberry.mutation(description="Have a link open nothing any longer. Needs the role ADMIN.")
    async def revoke_share_link(
        self, info: Info, input: Annotated[RevokeShareLinkInput, strawberry.argument(description="Which link.")]
    ) -> RevokeShareLinkPayload:
        await revoke_share_link(info.context, read_id(input.id))
        return RevokeShareLinkPayload(revoked_id=input.id)
