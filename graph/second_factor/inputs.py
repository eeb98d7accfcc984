"""Inputs of the mutations about second factors."""

import strawberry
from strawberry.scalars import JSON

from graph.accounts.inputs import DEVICE

CODE = "A code of the app, or a recovery code."
CREDENTIAL = "What the browser's `PublicKeyCredential.toJSON()` gives."
CHALLENGE = "The `challenge` that came with the options; good for one answer, within 5 minutes."


@strawberry.input(description="The caller's password.")
class EnrolAuthenticatorInput:
    """Input of `enrolAuthenticator`."""

    password: str | None = strawberry.field(default=None, description="Needed where the account has one.")


@strawberry.input(description="A code.")
class ConfirmAuthenticatorInput:
    """Input of `confirmAuthenticator`."""

    code: str = strawberry.field(description="What the app shows now.")


@strawberry.input(description="A code.")
class RemoveAuthenticatorInput:
    """Input of `removeAuthenticator`."""

    code: str = strawberry.field(description=CODE)


@strawberry.input(description="A code.")
class RenewRecoveryCodesInput:
    """Input of `renewRecoveryCodes`."""

    code: str = strawberry.field(description=CODE)


@strawberry.input(description="What `login` has asked for.")
class CompleteLoginInput:
    """Input of `completeLogin`."""

    challenge: str = strawberry.field(
        description="`extensions.challenge` of the error SECOND_FACTOR_REQUIRED; good for 5 minutes."
    )
    code: str = strawberry.field(description=CODE)
    device: str | None = strawberry.field(default=None, description=DEVICE)


@strawberry.input(description="A passkey that a device has made.")
class AddPasskeyInput:
    """Input of `addPasskey`."""

    challenge: str = strawberry.field(description=CHALLENGE)
    credential: JSON = strawberry.field(description=CREDENTIAL)
    name: str = strawberry.field(description="What to call it: the device, say.")


@strawberry.input(description="Another name.")
class RenamePasskeyInput:
    """Input of `renamePasskey`."""

    id: strawberry.ID = strawberry.field(description="The passkey's id.")
    name: str = strawberry.field(description="What to call it.")


@strawberry.input(description="One of the caller's passkeys.")
class DeletePasskeyInput:
    """Input of `deletePasskey`."""

    id: strawberry.ID = strawberry.field(description="The passkey's id.")


@strawberry.input(description="What a device has proven.")
class CompletePasskeySignInInput:
    """Input of `completePasskeySignIn`."""

    challenge: str = strawberry.field(description=CHALLENGE)
    credential: JSON = strawberry.field(description=CREDENTIAL)
    device: str | None = strawberry.field(default=None, description=DEVICE)
