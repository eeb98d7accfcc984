"""Root fields of Mutation about members of workspaces, and their payloads."""

from typing import Annotated

import strawberry

from graph.info import Info
from graph.members.inputs import (
    CreateWorkspaceMemberInput,
    DeleteWorkspaceMemberInput,
    LeaveWorkspaceInput,
    UpdateWorkspaceMemberInput,
)
from graph.members.types import WorkspaceMember
from graph.node import read_id
from resolvers.members import create_member, delete_member, leave_workspace, update_member


@strawberry.type(description="The membership that was created or changed.")
class WorkspaceMemberPayload:
    """Payload of createWorkspaceMember and updateWorkspaceMember."""

    workspace_member: WorkspaceMember = strawberry.field(description="The membership as it is now.")


@strawberry.type(description="The membership that was ended.")
class DeleteWorkspaceMemberPayload:
    """Payload of deleteWorkspaceMember and leaveWorkspace."""

    deleted_id: strawberry.ID = strawberry.field(description="Id of the membership that is gone.")


@strawberry.type
class MemberMutations:
    """Making, changing and ending memberships. A workspace always keeps an owner: else CONFLICT."""

    @strawberry.mutation(description="Make a registered user a member of a workspace; needs the role ADMIN.")
    async def create_workspace_member(
        self, info: Info, input: Annotated[CreateWorkspaceMemberInput, strawberry.argument(description="The member.")]
    ) -> WorkspaceMemberPayload:
        member = await create_member(
            info.context,
            read_id(input.workspace_id, "workspaceId"),
            input.role,
            email=input.email,
            user_id=None if input.user_id is None else read_id(input.user_id, "userId"),
        )
        return WorkspaceMemberPayload(workspace_member=WorkspaceMember.from_model(member))

    @strawberry.mutation(description="Give a member another role; needs the role ADMIN, for owners OWNER.")
    async def update_workspace_member(
        self, info: Info, input: Annotated[UpdateWorkspaceMemberInput, strawberry.argument(description="The change.")]
    ) -> WorkspaceMemberPayload:
        member = await update_member(info.context, read_id(input.id), input.role)
        return WorkspaceMemberPayload(workspace_member=WorkspaceMember.from_model(member))

    @strawberry.mutation(description="End a membership: one's own, or with the role ADMIN any but an owner's.")
    async def delete_workspace_member(
        self, info: Info, input: Annotated[DeleteWorkspaceMemberInput, strawberry.argument(description="Which one.")]
    ) -> DeleteWorkspaceMemberPayload:
        await delete_member(info.context, read_id(input.id))
        return DeleteWorkspaceMemberPayload(deleted_id=input.id)

    @strawberry.mutation(description="End the caller's own membership of a workspace.")
    async def leave_workspace(
        self, info: Info, input: Annotated[LeaveWorkspaceInput, strawberry.argument(description="Which workspace.")]
    ) -> DeleteWorkspaceMemberPayload:
        ended = await leave_workspace(info.context, read_id(input.workspace_id, "workspaceId"))
        return DeleteWorkspaceMemberPayload(deleted_id=strawberry.ID(str(ended)))
