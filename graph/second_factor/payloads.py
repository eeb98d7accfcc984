"""Payloads of the mutations about second factors."""

import strawberry
from strawberry.scalars import JSON

from graph.second_factor.types import Passkey
from resolvers.second_factor.managing import Enrolment
from resolvers.second_factor.passkeys import Asked


@strawberry.type(description="What an app needs to make codes. It is shown now and never again.")
class EnrolAuthenticatorPayload:
    """Payload of `enrolAuthenticator`."""

    secret: str = strawberry.field(description="In base 32, for apps that cannot scan.")
    uri: str = strawberry.field(description="`otpauth://totp/…`, to be shown as a QR code.")

    @classmethod
    def from_enrolment(cls, enrolment: Enrolment) -> "EnrolAuthenticatorPayload":
        """The GraphQL object of an enrolment."""
        return cls(secret=enrolment.secret, uri=enrolment.uri)


@strawberry.type(description="Codes for who has lost the app; each is good once. They are shown now and never again.")
class RecoveryCodesPayload:
    """Payload of `confirmAuthenticator` and `renewRecoveryCodes`."""

    recovery_codes: list[str] = strawberry.field(description="Ten of them; earlier ones are good no longer.")


@strawberry.type(description="The app makes codes for the account no longer.")
class RemoveAuthenticatorPayload:
    """Payload of `removeAuthenticator`."""

    is_removed: bool = strawberry.field(description="Always true.")


@strawberry.type(description="What to give to the browser.")
class PasskeyOptionsPayload:
    """Payload of `startPasskey` and `startPasskeySignIn`."""

    options: JSON = strawberry.field(
        description="For `PublicKeyCredential.parseCreationOptionsFromJSON` (of `startPasskey`), or "
        "`parseRequestOptionsFromJSON`."
    )
    challenge: str = strawberry.field(description="Send it back with the browser's answer, within 5 minutes.")

    @classmethod
    def from_asked(cls, asked: Asked) -> "PasskeyOptionsPayload":
        """The GraphQL object of what a device is asked."""
        return cls(options=JSON(asked.options), challenge=asked.challenge)


@strawberry.type(description="A passkey after the change.")
class PasskeyPayload:
    """Payload of `addPasskey` and `renamePasskey`."""

    passkey: Passkey = strawberry.field(description="The passkey.")


@strawberry.type(description="The passkey that is gone.")
class DeletePasskeyPayload:
    """Payload of `deletePasskey`."""

    deleted_id: strawberry.ID = strawberry.field(description="Its id.")
