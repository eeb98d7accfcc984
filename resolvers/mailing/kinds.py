"""The jobs that send mail."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

import structlog

from adapters.database import Unit
from adapters.jobs import SEALED, GiveUp, Job, JobKind, Patience
from adapters.mail import Mail, MailFailed
from resolvers.mailing.posting import ADDRESSED_MAIL, MAIL, post
from resolvers.self_service.password_reset import write_reset
from resolvers.self_service.verification import write_verification
from resolvers.services import Services

logger = structlog.get_logger(__name__)

AT_ONCE: Final = 8
"""Mails that are handed over at the same time, by all processes."""

Write = Callable[[Unit, Services, str], Awaitable[Mail | None]]

_LETTERS: Final[Mapping[str, Write]] = {"password_reset": write_reset, "verify_email": write_verification}
"""Those that go to whoever has an address, by name."""


def mail_kinds(services: Services) -> tuple[JobKind, ...]:
    """What sends mail. How often a mail is tried is a setting that may change."""

    def patience() -> Patience:
        limits = services.limits
        return Patience(limits.mail_attempts, limits.mail_retry_delay)

    return (
        JobKind(MAIL, partial(_send, services), AT_ONCE, patience=patience),
        JobKind(ADDRESSED_MAIL, partial(_write, services), patience=patience),
    )


async def _send(services: Services, job: Job) -> None:
    mail = Mail.from_json(_open(services, job))
    try:
        await services.mailer.send(mail)
    except (MailFailed, OSError) as error:
        is_last = job.is_last or (isinstance(error, MailFailed) and error.is_permanent)
        _log(mail, error, job.attempt, is_last=is_last)
        if is_last:
            raise GiveUp(str(error)) from error
        raise


async def _write(services: Services, job: Job) -> None:
    email = _open(services, job)
    async with services.database.transaction() as unit:
        mail = await _LETTERS[job.payload["letter"]](unit, services, email)
        if mail is not None:
            await post(unit, services, mail)


def _open(services: Services, job: Job) -> str:
    text = services.seal.open(job.payload[SEALED].encode())
    if text is None:
        raise GiveUp("It was sealed with another secret key.")
    return text


def _log(mail: Mail, error: Exception, attempt: int, *, is_last: bool) -> None:
    """Never the text: it may hold a link that opens an account."""
    report = logger.error if is_last else logger.warning
    event = "a mail was given up" if is_last else "a mail was not taken, it is tried again"
    report(event, to=mail.to, subject=mail.subject, attempt=attempt, reason=str(error))
