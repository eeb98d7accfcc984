"""Having mail sent as part of a transaction: what is rolled back is not announced, and what is committed is."""

from typing import Final

from adapters.database import Unit
from adapters.jobs import SEALED, Job, enqueue
from adapters.mail import Mail
from adapters.mail.local import NoMailer
from resolvers.services import Services

MAIL: Final = "mail"
ADDRESSED_MAIL: Final = "addressed_mail"


async def post(unit: Unit, services: Services, mail: Mail) -> None:
    """Send a mail once the unit's work is committed; nobody waits for it. It is sealed: links in it open accounts."""
    if not isinstance(services.mailer, NoMailer):
        payload = {SEALED: services.seal.close(mail.as_json()).decode()}
        await enqueue(unit.connection, [Job(MAIL, payload)])


async def post_addressed(unit: Unit, services: Services, letter: str, email: str) -> None:
    """Have a letter written to the account of an address, if there is one, once the unit's work is committed.

    It is looked up behind the answer, so that neither the answer nor its time tells whether there is one.
    """
    payload = {"letter": letter, SEALED: services.seal.close(email).decode()}
    await enqueue(unit.connection, [Job(ADDRESSED_MAIL, payload)])
