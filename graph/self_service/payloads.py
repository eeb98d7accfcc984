"""Payloads of the mutations by which people look after their own account."""

from datetime import datetime

import strawberry

from graph.accounts.types import User


@strawberry.type(description="That a mail is on its way, if there is anybody to send it to.")
class MailRequestedPayload:
    """Payload of `requestEmailVerification`, `requestPasswordReset` and `requestEmailChange`."""

    expires_in: int = strawberry.field(description="Seconds for which the link in the mail is good.")


@strawberry.type(description="The account of the link, after the change.")
class LinkedAccountPayload:
    """Payload of the mutations that take the token of a link."""

    user: User = strawberry.field(description="The account; nobody is signed in by this.")


@strawberry.type(description="The account that is deactivated.")
class DeactivateMePayload:
    """Payload of `deactivateMe`."""

    deactivated_id: strawberry.ID = strawberry.field(description="Its id.")
    reactivatable_until: datetime = strawberry.field(description="Until when the link in the mail brings it back.")


@strawberry.type(description="The account that is gone.")
class DeleteMePayload:
    """Payload of `deleteMe`."""

    deleted_id: strawberry.ID = strawberry.field(description="Its id.")
