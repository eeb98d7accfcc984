"""A mail, the message that is made of it, and what can send one."""

from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime, make_msgid
from typing import Protocol

import idna
import orjson

from domain.accounts.emails import email_or_none


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, as text and as HTML unless that is empty. Raises `ValueError` for what is no single e-mail address.

    Most go to one address; `others` are more of them, and `copies` get a copy, all seen by each other. `key` names the
    mail in its `Message-ID`: who gets it a second time can tell.
    """

    to: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    others: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    key: str | None = None

    def __post_init__(self) -> None:
        for address in (self.to, *self.others, *self.copies):
            if email_or_none(address) != address:
                raise ValueError("Each address of a mail is one e-mail address in its kept spelling.")

    def as_json(self) -> str:
        """All of it, to be read by `from_json`."""
        return orjson.dumps(self).decode()

    @classmethod
    def from_json(cls, text: str) -> "Mail":
        """The mail that `as_json` wrote."""
        given = orjson.loads(text)
        return cls(**{**given, **{name: tuple(given.get(name, ())) for name in ("others", "copies")}})


class MailFailed(Exception):
    """A mail was not taken. Trying again is of no use when the failure is permanent."""

    def __init__(self, reason: str, *, is_permanent: bool = False) -> None:
        super().__init__(reason)
        self.is_permanent = is_permanent


class Mailer(Protocol):
    """One way out of the server."""

    async def send(self, mail: Mail) -> None:
        """Hand the mail over; raises `MailFailed`."""


def as_message(mail: Mail, sender: str) -> EmailMessage:
    """The message with its headers; no part of the mail can bring in a header of its own."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = [_address(each) for each in (mail.to, *mail.others)]
    if mail.copies:
        message["Cc"] = [_address(each) for each in mail.copies]
    message["Subject"] = one_line(mail.subject)
    message["Date"] = localtime()
    domain = message["From"].addresses[0].domain or None
    message["Message-ID"] = make_msgid(domain=domain) if mail.key is None else f"<{mail.key}@{domain or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office notes, please
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message


def one_line(text: str) -> str:
    """The text without line breaks and other control characters, as a header's value must be."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _address(text: str) -> Address:
    """The domain goes as punycode, which every server understands; the part before the @ may need SMTPUTF8."""
    local, _, domain = text.rpartition("@")
    return Address(username=local, domain=_ascii(domain))


def _ascii(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return domain  # of a network of its own: its servers know it
