"""Root fields of Query about application tokens."""

from typing import Annotated

import strawberry

from graph.application_tokens.types import ApplicationToken
from graph.info import Info
from graph.node import read_id
from resolvers.application_tokens import list_application_tokens


@strawberry.type
class ApplicationTokenQueries:
    """Application tokens; not for tokens and API keys themselves."""

    @strawberry.field(
        description="The caller's own application tokens, or those of a workspace, for which the role ADMIN is needed; "
        "oldest first. Needs a session."
    )
    async def application_tokens(
        self,
        info: Info,
        workspace_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="The workspace; the caller's own when left out.")
        ] = None,
    ) -> list[ApplicationToken]:
        wanted = None if workspace_id is None else read_id(workspace_id)
        return [ApplicationToken.from_model(token) for token in await list_application_tokens(info.context, wanted)]
