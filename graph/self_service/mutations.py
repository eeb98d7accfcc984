"""Root fields of Mutation by which people look after their own account; those that take a token need no session."""

from typing import Annotated

import strawberry

from domain.errors import BadRequest
from graph.accounts.types import User
from graph.info import Info
from graph.node import read_id
from graph.self_service.inputs import (
    ConfirmEmailChangeInput,
    DeactivateMeInput,
    DeleteMeInput,
    ReactivateMeInput,
    RequestEmailChangeInput,
    RequestEmailVerificationInput,
    RequestPasswordResetInput,
    ResetPasswordInput,
    VerifyEmailInput,
    WorkspaceDisposalInput,
)
from graph.self_service.payloads import (
    DeactivateMePayload,
    DeleteMePayload,
    LinkedAccountPayload,
    MailRequestedPayload,
)
from resolvers.self_service import deactivation, deletion, email_change, password_reset, verification


@strawberry.type
class RecoveryMutations:
    """Confirming an address and choosing a new password: for anonymous callers too."""

    @strawberry.mutation(
        description="Mail the link that confirms an e-mail address, anew. For an address the answer is the same "
        "whether it has an account or not; without one it is the caller's own account, which needs a session."
    )
    async def request_email_verification(
        self,
        info: Info,
        input: Annotated[
            RequestEmailVerificationInput | None, strawberry.argument(description="Whose address.")
        ] = None,
    ) -> MailRequestedPayload:
        email = None if input is None else input.email
        return MailRequestedPayload(expires_in=await verification.request_verification(info.context, email))

    @strawberry.mutation(description="Confirm an e-mail address with the token of the link that was mailed to it.")
    async def verify_email(
        self, info: Info, input: Annotated[VerifyEmailInput, strawberry.argument(description="The link.")]
    ) -> LinkedAccountPayload:
        return LinkedAccountPayload(user=User.from_model(await verification.verify_email(info.context, input.token)))

    @strawberry.mutation(
        description="Mail a link by which a new password can be chosen. The answer is the same, and as early, whether "
        "the address has an account or not."
    )
    async def request_password_reset(
        self, info: Info, input: Annotated[RequestPasswordResetInput, strawberry.argument(description="Whose.")]
    ) -> MailRequestedPayload:
        return MailRequestedPayload(expires_in=await password_reset.request_password_reset(info.context, input.email))

    @strawberry.mutation(
        description="Choose a new password with the token of the link that was mailed. All sessions of the account "
        "end, and its address counts as confirmed; if it was not before, its API keys are deleted, too."
    )
    async def reset_password(
        self, info: Info, input: Annotated[ResetPasswordInput, strawberry.argument(description="Link and password.")]
    ) -> LinkedAccountPayload:
        user = await password_reset.reset_password(info.context, input.token, input.new_password)
        return LinkedAccountPayload(user=User.from_model(user))


@strawberry.type
class EmailChangeMutations:
    """Another e-mail address."""

    @strawberry.mutation(
        description="Mail a link to a new e-mail address, and a notice to the present one. The account keeps its "
        "address until the link is opened. Needs a session."
    )
    async def request_email_change(
        self, info: Info, input: Annotated[RequestEmailChangeInput, strawberry.argument(description="The address.")]
    ) -> MailRequestedPayload:
        seconds = await email_change.request_email_change(info.context, input.new_email, input.password)
        return MailRequestedPayload(expires_in=seconds)

    @strawberry.mutation(description="Give an account its new e-mail address, with the token that was mailed to it.")
    async def confirm_email_change(
        self, info: Info, input: Annotated[ConfirmEmailChangeInput, strawberry.argument(description="The link.")]
    ) -> LinkedAccountPayload:
        user = await email_change.confirm_email_change(info.context, input.token)
        return LinkedAccountPayload(user=User.from_model(user))


@strawberry.type
class LeavingMutations:
    """Leaving an account, for a while or for good."""

    @strawberry.mutation(
        description="Deactivate the caller's account: its sessions end, its API keys are deleted, memberships and data "
        "stay. A link in a mail, or an administrator, brings it back. Needs a session."
    )
    async def deactivate_me(
        self, info: Info, input: Annotated[DeactivateMeInput, strawberry.argument(description="The password.")]
    ) -> DeactivateMePayload:
        made = await deactivation.deactivate_me(info.context, input.password)
        return DeactivateMePayload(deactivated_id=strawberry.ID(str(made.user_id)), reactivatable_until=made.until)

    @strawberry.mutation(description="Bring a deactivated account back, with the token of the link that was mailed.")
    async def reactivate_me(
        self, info: Info, input: Annotated[ReactivateMeInput, strawberry.argument(description="The link.")]
    ) -> LinkedAccountPayload:
        return LinkedAccountPayload(user=User.from_model(await deactivation.reactivate_me(info.context, input.token)))

    @strawberry.mutation(
        description="Delete the caller's account, with its sessions, API keys and personal views. What it made in "
        "workspaces that stay, stays. Workspaces that nobody else owns are transferred or deleted, as `workspaces` "
        "says; where that leaves one out, `CONFLICT` lists them in `extensions.workspaces`. Needs a session."
    )
    async def delete_me(
        self, info: Info, input: Annotated[DeleteMeInput, strawberry.argument(description="Password and workspaces.")]
    ) -> DeleteMePayload:
        disposals = [_disposal(each, n) for n, each in enumerate(input.workspaces)]
        deleted = await deletion.delete_me(info.context, input.password, disposals)
        return DeleteMePayload(deleted_id=strawberry.ID(str(deleted)))


def _disposal(given: WorkspaceDisposalInput, index: int) -> deletion.Disposal:
    place = f"workspaces.{index}"
    if given.delete == (given.transfer_to is not None):
        raise BadRequest(f"{place}: give either transferTo or delete: true.", argument=place)
    to = None if given.transfer_to is None else read_id(given.transfer_to, f"{place}.transferTo")
    return deletion.Disposal(read_id(given.workspace_id, f"{place}.workspaceId"), to)


@strawberry.type
class SelfServiceMutations(RecoveryMutations, EmailChangeMutations, LeavingMutations):
    """What people do for their own account with a link in a mail."""
