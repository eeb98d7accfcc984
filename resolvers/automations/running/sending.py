"""What steps send: mails by the server's way out, requests by the client that looks at where they go."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import orjson

from adapters.mail import Mail, MailFailed
from adapters.mail.local import NoMailer
from adapters.outgoing.answer import Answer
from adapters.outgoing.request import Request
from domain.automations.faults import Passing, StepFailed
from domain.automations.step import Call, Letter
from domain.webhooks.signing import ID, signed_headers
from resolvers.automations.returning import RUN, run_header
from resolvers.services import Services

_PASSING: Final = frozenset({408, 425, 429, *range(500, 600)})
"""Statuses of servers that may take the same another time."""
_OURS: Final = ("webhook-", RUN)
"""What the names of headers begin with that no config sets."""
_SHOWN: Final = 200
"""Characters of an answer that a message has."""


async def send_mail(services: Services, letter: Letter, key: str) -> None:
    """Hand a mail over now; `key` is its name in `Message-ID`. Raises `Passing` and `StepFailed`."""
    if isinstance(services.mailer, NoMailer):
        raise StepFailed("This server sends no mail: its operator has to set smtp_host.")
    try:
        await services.mailer.send(mail_of(letter, key))
    except MailFailed as error:
        message = f"The mail was not taken: {error}"
        raise (StepFailed(message) if error.is_permanent else Passing(message)) from error


def mail_of(letter: Letter, key: str) -> Mail:
    """The mail that a letter is."""
    first, *others = letter.to
    return Mail(first, letter.subject, letter.text, letter.html or "", tuple(others), tuple(letter.copies), key)


async def send(services: Services, call: Call, key: str, run_id: UUID) -> Any:
    """The answer to a request; `key` goes with it as `webhook-id`, and sealed of which run it is.

    Raises `Passing` and `StepFailed`.
    """
    answer = await services.outgoing.send(request_of(call, key, run_header(services, run_id)))
    if answer.is_success:
        return {"status": answer.status, "headers": dict(answer.headers), "body": _body(answer)}
    message = f"{call.method} was answered with {answer.status}: {answer.text[:_SHOWN]}"
    if answer.status in _PASSING:
        raise Passing(message)
    raise StepFailed(message, status=answer.status)


def request_of(call: Call, key: str, run: Mapping[str, str]) -> Request:
    """The request, with the header that says of which run it is; signed where there is a secret."""
    headers = {name: value for name, value in call.headers.items() if not name.lower().startswith(_OURS)}
    ours = {ID: key} if call.secret is None else signed_headers(call.body, key, datetime.now(UTC), [call.secret])
    return Request(call.method, call.url, {**headers, **ours, **run}, call.body)


def _body(answer: Answer) -> Any:
    """JSON as what it is, anything else as a text."""
    if "json" in (answer.header("content-type") or "") and not answer.is_cut:
        try:
            return orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            pass
    return answer.text
