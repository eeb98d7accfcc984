"""Root fields of Mutation about invitations and about who owns a workspace, and their payloads."""

from typing import Annotated

import strawberry

from graph.accounts.payloads import AuthPayload
from graph.info import Info
from graph.invitations.inputs import (
    AcceptInvitationInput,
    CreateInvitationInput,
    DeclineInvitationInput,
    RegisterWithInvitationInput,
    ResendInvitationInput,
    RevokeInvitationInput,
    TransferOwnershipInput,
)
from graph.invitations.types import Invitation
from graph.members.mutations import WorkspaceMemberPayload
from graph.members.types import WorkspaceMember
from graph.node import read_id
from resolvers.invitations import answering, inviting
from resolvers.ownership import transfer_ownership


@strawberry.type(description="The invitation that was sent.")
class InvitationPayload:
    """Payload of createInvitation and resendInvitation."""

    invitation: Invitation = strawberry.field(description="The invitation.")


@strawberry.type(description="The invitation that was taken back.")
class RevokeInvitationPayload:
    """Payload of revokeInvitation."""

    revoked_id: strawberry.ID = strawberry.field(description="Its id.")


@strawberry.type(description="The invitation that was declined.")
class DeclineInvitationPayload:
    """Payload of declineInvitation."""

    declined_id: strawberry.ID = strawberry.field(description="Its id.")


@strawberry.type
class InvitingMutations:
    """Inviting people, for those who manage a workspace."""

    @strawberry.mutation(
        description="Invite an e-mail address to a workspace: a mail with a link goes there, whether it has an account "
        "or not. Needs the role ADMIN, for an owner OWNER."
    )
    async def create_invitation(
        self, info: Info, input: Annotated[CreateInvitationInput, strawberry.argument(description="Whom to what.")]
    ) -> InvitationPayload:
        workspace_id = read_id(input.workspace_id, "workspaceId")
        made = await inviting.create_invitation(info.context, workspace_id, input.email, input.role)
        return InvitationPayload(invitation=Invitation.from_model(made))

    @strawberry.mutation(
        description="Send an invitation once more, with a new link and a new time; the old link is no longer good. "
        "Needs the role ADMIN, for an owner's OWNER."
    )
    async def resend_invitation(
        self, info: Info, input: Annotated[ResendInvitationInput, strawberry.argument(description="Which one.")]
    ) -> InvitationPayload:
        sent = await inviting.resend_invitation(info.context, read_id(input.id))
        return InvitationPayload(invitation=Invitation.from_model(sent))

    @strawberry.mutation(description="Take an invitation back. Needs the role ADMIN, for an owner's OWNER.")
    async def revoke_invitation(
        self, info: Info, input: Annotated[RevokeInvitationInput, strawberry.argument(description="Which one.")]
    ) -> RevokeInvitationPayload:
        revoked = await inviting.revoke_invitation(info.context, read_id(input.id))
        return RevokeInvitationPayload(revoked_id=strawberry.ID(str(revoked)))


@strawberry.type
class AnsweringMutations:
    """Answering an invitation, for who has its token."""

    @strawberry.mutation(
        description="Become a member; for the account whose address was invited, to all others it is NOT_FOUND. Needs "
        "a session."
    )
    async def accept_invitation(
        self, info: Info, input: Annotated[AcceptInvitationInput, strawberry.argument(description="The token.")]
    ) -> WorkspaceMemberPayload:
        member = await answering.accept_invitation(info.context, input.token)
        return WorkspaceMemberPayload(workspace_member=WorkspaceMember.from_model(member))

    @strawberry.mutation(
        description="Make an account with the address that was invited, become a member, and sign in. It may be "
        "allowed where registration is closed."
    )
    async def register_with_invitation(
        self,
        info: Info,
        input: Annotated[RegisterWithInvitationInput, strawberry.argument(description="The token and the account.")],
    ) -> AuthPayload:
        made = await answering.register_with_invitation(
            info.context, input.token, input.password, name=input.name, device=input.device
        )
        return AuthPayload.from_signed_in(made)

    @strawberry.mutation(description="Decline an invitation; for whoever has its token, with an account or without.")
    async def decline_invitation(
        self, info: Info, input: Annotated[DeclineInvitationInput, strawberry.argument(description="The token.")]
    ) -> DeclineInvitationPayload:
        declined = await answering.decline_invitation(info.context, input.token)
        return DeclineInvitationPayload(declined_id=strawberry.ID(str(declined)))


@strawberry.type
class InvitationMutations(InvitingMutations, AnsweringMutations):
    """Who comes into a workspace, and who owns it."""

    @strawberry.mutation(
        description="Make another member the owner, and oneself an admin, in one step. Needs the role OWNER."
    )
    async def transfer_ownership(
        self, info: Info, input: Annotated[TransferOwnershipInput, strawberry.argument(description="What to whom.")]
    ) -> WorkspaceMemberPayload:
        workspace_id, user_id = read_id(input.workspace_id, "workspaceId"), read_id(input.user_id, "userId")
        member = await transfer_ownership(info.context, workspace_id, user_id)
        return WorkspaceMemberPayload(workspace_member=WorkspaceMember.from_model(member))
