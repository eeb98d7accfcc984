"""Inputs of the mutations about application tokens."""

from datetime import datetime

import strawberry

from graph.workspaces.roles import WorkspaceRole


@strawberry.input(description="A new application token, of the caller or of a workspace.")
class CreateApplicationTokenInput:
    """Input of `createApplicationToken`."""

    name: str = strawberry.field(description="What the token is for.")
    scopes: list[str] | None = strawberry.field(
        default=None, description="What it may be used for, as those of an API key; everything when left out."
    )
    expires_at: datetime | None = strawberry.field(
        default=None, description="From when on it is refused, in the future; never when left out."
    )
    workspace_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Make it a token of this workspace, which acts for an account of its own that is a member there "
        "and nowhere else. Needs the role ADMIN.",
    )
    role: WorkspaceRole | None = strawberry.field(
        default=None, description="The role of a workspace's token there: EDITOR when left out, and never OWNER."
    )


@strawberry.input(description="An application token of the caller, or of a workspace that the caller manages.")
class RevokeApplicationTokenInput:
    """Input of `revokeApplicationToken`."""

    id: strawberry.ID = strawberry.field(description="The token's id.")
