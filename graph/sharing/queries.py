"""Root fields of Query about shared views."""

from typing import Annotated

import strawberry

from graph.info import Info
from graph.node import read_id
from graph.sharing.types import SharedView, ShareLink
from resolvers.sharing.links import list_share_links
from resolvers.sharing.reading import open_shared


@strawberry.type
class SharingQueries:
    """Shared views, and the links to them."""

    @strawberry.field(description="The links to a view, oldest first; needs the role ADMIN.")
    async def share_links(
        self, info: Info, view_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the view.")]
    ) -> list[ShareLink]:
        return [ShareLink.from_model(link) for link in await list_share_links(info.context, read_id(view_id, "viewId"))]

    @strawberry.field(
        description="A view, for everybody who has the token of a link to it, and its password where it has one. What "
        "opens nothing is NOT_FOUND, whatever is wrong with it. RATE_LIMITED, with `retryAfter` in seconds, for too "
        "many reads, and after failed passwords."
    )
    async def shared_view(
        self,
        info: Info,
        token: Annotated[str, strawberry.argument(description="The token that `createShareLink` gave.")],
        password: Annotated[str | None, strawberry.argument(description="The password of the link.")] = None,
    ) -> SharedView | None:
        return SharedView.from_view(await open_shared(info.context, token, password), token)
