"""Inputs of the mutations by which people look after their own account."""

import strawberry

from graph.accounts.inputs import ACCEPTABLE

LINK = "The token of the link in the mail: what stands behind `#token=`."
PRESENT = "The account's present password."


@strawberry.input(description="Whose e-mail address is to be confirmed.")
class RequestEmailVerificationInput:
    """Input of `requestEmailVerification`."""

    email: str | None = strawberry.field(
        default=None, description="An account's e-mail address; the caller's own account when left out."
    )


@strawberry.input(description="The link in the mail that confirms an e-mail address.")
class VerifyEmailInput:
    """Input of `verifyEmail`."""

    token: str = strawberry.field(description=LINK)


@strawberry.input(description="Whose password was forgotten.")
class RequestPasswordResetInput:
    """Input of `requestPasswordReset`."""

    email: str = strawberry.field(description="The account's e-mail address; case does not count.")


@strawberry.input(description="The link in the mail, and a new password.")
class ResetPasswordInput:
    """Input of `resetPassword`."""

    token: str = strawberry.field(description=LINK)
    new_password: str = strawberry.field(description=ACCEPTABLE)


@strawberry.input(description="A new e-mail address for the caller's account.")
class RequestEmailChangeInput:
    """Input of `requestEmailChange`."""

    new_email: str = strawberry.field(description="The new address.")
    password: str = strawberry.field(description=PRESENT)


@strawberry.input(description="The link in the mail to the new address.")
class ConfirmEmailChangeInput:
    """Input of `confirmEmailChange`."""

    token: str = strawberry.field(description=LINK)


@strawberry.input(description="Leaving the account for a while.")
class DeactivateMeInput:
    """Input of `deactivateMe`."""

    password: str = strawberry.field(description=PRESENT)


@strawberry.input(description="The link in the mail that brings a deactivated account back.")
class ReactivateMeInput:
    """Input of `reactivateMe`."""

    token: str = strawberry.field(description=LINK)


@strawberry.input(description="What becomes of a workspace of the caller's: either `transferTo` or `delete: true`.")
class WorkspaceDisposalInput:
    """One of the workspaces of `DeleteMeInput`."""

    workspace_id: strawberry.ID = strawberry.field(description="The workspace, which the caller owns.")
    transfer_to: strawberry.ID | None = strawberry.field(
        default=None, description="Id of the user, a member of it, who owns it from now on."
    )
    delete: bool = strawberry.field(default=False, description="Whether it is deleted, with all its bases.")


@strawberry.input(description="Leaving the account for good.")
class DeleteMeInput:
    """Input of `deleteMe`."""

    password: str = strawberry.field(description=PRESENT)
    workspaces: list[WorkspaceDisposalInput] = strawberry.field(
        default_factory=list,
        description="What becomes of each workspace that nobody else owns; `CONFLICT` lists those that are missing.",
    )
