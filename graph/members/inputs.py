"""Inputs of the mutations on members of workspaces."""

import strawberry

from graph.workspaces.roles import WorkspaceRole


@strawberry.input(description="A user who becomes a member, named by either `email` or `userId`.")
class CreateWorkspaceMemberInput:
    """Input of createWorkspaceMember."""

    workspace_id: strawberry.ID = strawberry.field(description="Id of the workspace.")
    role: WorkspaceRole = strawberry.field(description="What the member may do; only owners can make owners.")
    email: str | None = strawberry.field(default=None, description="E-mail address of a registered user.")
    user_id: strawberry.ID | None = strawberry.field(default=None, description="Id of a registered user.")


@strawberry.input(description="Another role for a member.")
class UpdateWorkspaceMemberInput:
    """Input of updateWorkspaceMember."""

    id: strawberry.ID = strawberry.field(description="Id of the membership.")
    role: WorkspaceRole = strawberry.field(description="The new role.")


@strawberry.input(description="The membership to end.")
class DeleteWorkspaceMemberInput:
    """Input of deleteWorkspaceMember."""

    id: strawberry.ID = strawberry.field(description="Id of the membership.")


@strawberry.input(description="The workspace to leave.")
class LeaveWorkspaceInput:
    """Input of leaveWorkspace."""

    workspace_id: strawberry.ID = strawberry.field(description="Id of the workspace.")
