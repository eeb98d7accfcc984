"""Inputs of the mutations on invitations and on who owns a workspace."""

import strawberry

from graph.accounts.inputs import DEVICE
from graph.workspaces.roles import WorkspaceRole

_TOKEN = "The token from the link in the mail."  # noqa: S105  # a description of one


@strawberry.input(description="Who is invited to what.")
class CreateInvitationInput:
    """Input of createInvitation."""

    workspace_id: strawberry.ID = strawberry.field(description="Id of the workspace.")
    email: str = strawberry.field(description="The address to invite, whether it has an account or not.")
    role: WorkspaceRole = strawberry.field(description="The role to offer; only owners can offer OWNER.")


@strawberry.input(description="The invitation to send once more.")
class ResendInvitationInput:
    """Input of resendInvitation."""

    id: strawberry.ID = strawberry.field(description="Id of the invitation.")


@strawberry.input(description="The invitation to take back.")
class RevokeInvitationInput:
    """Input of revokeInvitation."""

    id: strawberry.ID = strawberry.field(description="Id of the invitation.")


@strawberry.input(description="The invitation to accept.")
class AcceptInvitationInput:
    """Input of acceptInvitation."""

    token: str = strawberry.field(description=_TOKEN)


@strawberry.input(description="The invitation to decline.")
class DeclineInvitationInput:
    """Input of declineInvitation."""

    token: str = strawberry.field(description=_TOKEN)


@strawberry.input(description="A new account with the address that was invited.")
class RegisterWithInvitationInput:
    """Input of registerWithInvitation."""

    token: str = strawberry.field(description=_TOKEN)
    password: str = strawberry.field(description="8 to 1,024 characters; not the e-mail address.")
    name: str | None = strawberry.field(default=None, description="What the user wants to be called.")
    device: str | None = strawberry.field(default=None, description=DEVICE)


@strawberry.input(description="A workspace and its next owner.")
class TransferOwnershipInput:
    """Input of transferOwnership."""

    workspace_id: strawberry.ID = strawberry.field(description="Id of the workspace.")
    user_id: strawberry.ID = strawberry.field(description="Id of the member who becomes the owner.")
