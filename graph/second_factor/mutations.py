"""Root fields of Mutation about second factors."""

from typing import Annotated

import strawberry

from graph.accounts.payloads import AuthPayload
from graph.info import Info
from graph.node import read_id
from graph.second_factor.inputs import (
    AddPasskeyInput,
    CompleteLoginInput,
    CompletePasskeySignInInput,
    ConfirmAuthenticatorInput,
    DeletePasskeyInput,
    EnrolAuthenticatorInput,
    RemoveAuthenticatorInput,
    RenamePasskeyInput,
    RenewRecoveryCodesInput,
)
from graph.second_factor.payloads import (
    DeletePasskeyPayload,
    EnrolAuthenticatorPayload,
    PasskeyOptionsPayload,
    PasskeyPayload,
    RecoveryCodesPayload,
    RemoveAuthenticatorPayload,
)
from graph.second_factor.types import Passkey
from resolvers.second_factor import managing, passkey_sign_in, passkeys, signing_in


@strawberry.type
class CodeMutations:
    """Codes of an app, and recovery codes."""

    @strawberry.mutation(
        description="Have an app make codes for the caller's account; it counts once `confirmAuthenticator` has seen "
        "one. Needs a session."
    )
    async def enrol_authenticator(
        self, info: Info, input: Annotated[EnrolAuthenticatorInput, strawberry.argument(description="The password.")]
    ) -> EnrolAuthenticatorPayload:
        return EnrolAuthenticatorPayload.from_enrolment(await managing.enrol_app(info.context, input.password))

    @strawberry.mutation(description="Have `login` ask for a code of the app from now on. Needs a session.")
    async def confirm_authenticator(
        self, info: Info, input: Annotated[ConfirmAuthenticatorInput, strawberry.argument(description="The code.")]
    ) -> RecoveryCodesPayload:
        return RecoveryCodesPayload(recovery_codes=await managing.confirm_enrolment(info.context, input.code))

    @strawberry.mutation(description="Have `login` ask for codes no longer. Needs a session.")
    async def remove_authenticator(
        self, info: Info, input: Annotated[RemoveAuthenticatorInput, strawberry.argument(description="The code.")]
    ) -> RemoveAuthenticatorPayload:
        await managing.remove_app(info.context, input.code)
        return RemoveAuthenticatorPayload(is_removed=True)

    @strawberry.mutation(description="Replace the caller's recovery codes. Needs a session.")
    async def renew_recovery_codes(
        self, info: Info, input: Annotated[RenewRecoveryCodesInput, strawberry.argument(description="The code.")]
    ) -> RecoveryCodesPayload:
        return RecoveryCodesPayload(recovery_codes=await managing.new_recovery_codes(info.context, input.code))

    @strawberry.mutation(
        description="Sign in with the challenge of `login` and a code. After 5 wrong ones in a row each has to wait, "
        "30 seconds to 15 minutes."
    )
    async def complete_login(
        self, info: Info, input: Annotated[CompleteLoginInput, strawberry.argument(description="Challenge and code.")]
    ) -> AuthPayload:
        signed_in = await signing_in.complete_login(info.context, input.challenge, input.code, device=input.device)
        return AuthPayload.from_signed_in(signed_in)


@strawberry.type
class PasskeyMutations:
    """Passkeys."""

    @strawberry.mutation(description="Have the caller's device make a passkey. Needs a session.")
    async def start_passkey(self, info: Info) -> PasskeyOptionsPayload:
        return PasskeyOptionsPayload.from_asked(await passkeys.start_passkey(info.context))

    @strawberry.mutation(description="Keep the passkey that the caller's device has made. Needs a session.")
    async def add_passkey(
        self,
        info: Info,
        input: Annotated[AddPasskeyInput, strawberry.argument(description="What the device has made.")],
    ) -> PasskeyPayload:
        added = await passkeys.add_passkey(info.context, input.challenge, input.credential, input.name)
        return PasskeyPayload(passkey=Passkey.from_model(added))

    @strawberry.mutation(description="Give a passkey another name. Needs a session.")
    async def rename_passkey(
        self, info: Info, input: Annotated[RenamePasskeyInput, strawberry.argument(description="Which, and how.")]
    ) -> PasskeyPayload:
        renamed = await passkeys.rename_passkey(info.context, read_id(input.id), input.name)
        return PasskeyPayload(passkey=Passkey.from_model(renamed))

    @strawberry.mutation(description="Forget a passkey. Needs a session.")
    async def delete_passkey(
        self, info: Info, input: Annotated[DeletePasskeyInput, strawberry.argument(description="Which one.")]
    ) -> DeletePasskeyPayload:
        deleted = await passkeys.delete_passkey(info.context, read_id(input.id))
        return DeletePasskeyPayload(deleted_id=strawberry.ID(str(deleted)))

    @strawberry.mutation(description="Have a device prove whose passkey it holds.")
    async def start_passkey_sign_in(self, info: Info) -> PasskeyOptionsPayload:
        return PasskeyOptionsPayload.from_asked(await passkey_sign_in.start_passkey_sign_in(info.context))

    @strawberry.mutation(description="Sign in by a passkey; no password and no code is asked.")
    async def complete_passkey_sign_in(
        self,
        info: Info,
        input: Annotated[CompletePasskeySignInInput, strawberry.argument(description="What the device has proven.")],
    ) -> AuthPayload:
        signed_in = await passkey_sign_in.complete_passkey_sign_in(
            info.context, input.challenge, input.credential, device=input.device
        )
        return AuthPayload.from_signed_in(signed_in)


@strawberry.type
class SecondFactorMutations(CodeMutations, PasskeyMutations):
    """What proves besides, or instead of, a password who one is."""
