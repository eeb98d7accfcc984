"""The root field of Query about invitations."""

from typing import Annotated

import strawberry

from graph.info import Info
from graph.invitations.types import Invitation
from graph.node import read_id
from resolvers.invitations.finding import list_invitations


@strawberry.type
class InvitationQueries:
    """Invitations, for those who manage the workspace."""

    @strawberry.field(
        description="The invitations to a workspace that were not answered or revoked, the newest first; expired ones "
        "too. Needs the role ADMIN."
    )
    async def invitations(
        self,
        info: Info,
        workspace_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the workspace.")],
    ) -> list[Invitation]:
        found = await list_invitations(info.context, read_id(workspace_id, "workspaceId"))
        return [Invitation.from_model(invitation) for invitation in found]
