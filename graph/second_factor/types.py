"""What proves besides a password who somebody is, as the API shows it."""

from datetime import datetime

import strawberry

from models import Passkey as PasskeyModel
from resolvers.second_factor.managing import Factors


@strawberry.type(description="A credential of a device, by which its user signs in without a password.")
class Passkey:
    """One of the caller's own."""

    id: strawberry.ID = strawberry.field(description="Names it in `renamePasskey` and `deletePasskey`.")
    name: str = strawberry.field(description="What its user calls it.")
    created_at: datetime = strawberry.field(description="When it was made.")
    last_used_at: datetime | None = strawberry.field(description="When somebody last signed in with it.")

    @classmethod
    def from_model(cls, passkey: PasskeyModel) -> "Passkey":
        """The GraphQL object of a passkey."""
        return cls(
            id=strawberry.ID(str(passkey.id)),
            name=passkey.name,
            created_at=passkey.created_at,
            last_used_at=passkey.last_used_at,
        )


@strawberry.type(description="What proves besides the caller's password who they are.")
class SecondFactors:
    """The caller's."""

    app_since: datetime | None = strawberry.field(
        description="Since when `login` asks for a code of an app; null where it does not."
    )
    recovery_codes_left: int = strawberry.field(description="Recovery codes that were not used yet.")
    passkeys: list[Passkey] = strawberry.field(description="Passkeys, oldest first.")

    @classmethod
    def from_factors(cls, factors: Factors) -> "SecondFactors":
        """The GraphQL object of what a user has."""
        return cls(
            app_since=factors.app_since,
            recovery_codes_left=factors.recovery_codes_left,
            passkeys=[Passkey.from_model(each) for each in factors.passkeys],
        )
