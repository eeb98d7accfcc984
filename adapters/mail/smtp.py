"""Mail by SMTP."""

import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import aiosmtplib

from adapters.mail.mail import Mail, MailFailed, as_message

Tls = Literal["starttls", "tls", "none"]
_PERMANENT: Final = range(500, 600)
"""Replies that say: not now, not ever (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over. Without a port it is the usual one: 587 for `starttls`, 465 for `tls`, else 25."""

    host: str
    port: int | None = None
    tls: Tls = "starttls"
    ca_file: Path | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    seconds: float = 10
    """How long each step of a delivery may take."""


class SmtpMailer:
    """Hands each mail to an SMTP server, over a connection of its own."""

    def __init__(self, server: SmtpServer, sender: str) -> None:
        self._server = server
        self._sender = sender

    async def send(self, mail: Mail) -> None:
        """See `Mailer.send`."""
        try:
            await self._send(mail)
        except aiosmtplib.SMTPRecipientsRefused as error:
            refusals = error.recipients
            raise MailFailed(str(refusals[0]), is_permanent=refusals[0].code in _PERMANENT) from error
        except aiosmtplib.SMTPResponseException as error:
            # What the server says to our credentials is about us, not about the mail: somebody may mend it.
            is_ours = isinstance(error, aiosmtplib.SMTPAuthenticationError | aiosmtplib.SMTPConnectResponseError)
            raise MailFailed(str(error), is_permanent=error.code in _PERMANENT and not is_ours) from error
        except aiosmtplib.SMTPNotSupported as error:
            raise MailFailed(str(error), is_permanent=True) from error
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
            raise MailFailed(str(error) or type(error).__name__) from error

    async def probe(self) -> None:
        """Connect as for a mail, with TLS and password, and part again; raises what the library does."""
        async with aiosmtplib.SMTP(**self._connecting()):
            pass

    async def _send(self, mail: Mail) -> None:
        message = as_message(mail, self._sender)
        everybody = (*message["To"].addresses, *(message["Cc"].addresses if mail.copies else ()))
        refused, _ = await aiosmtplib.send(
            message,
            recipients=[address.addr_spec for address in everybody],
            **self._connecting(),
        )
        if refused:  # some have it, who must not get it again
            reasons = ", ".join(f"{address} ({reply.code})" for address, reply in refused.items())
            raise MailFailed(f"Some addresses were refused: {reasons}.", is_permanent=True)

    def _connecting(self) -> dict[str, Any]:
        """How the library is to connect."""
        server = self._server
        return {
            "hostname": server.host,
            "port": server.port,
            "use_tls": server.tls == "tls",
            "start_tls": server.tls == "starttls",
            "cert_bundle": None if server.ca_file is None else str(server.ca_file),
            "username": server.username,
            "password": server.password,
            "timeout": server.seconds,
            "local_hostname": socket.gethostname(),  # the library would ask the DNS, and everybody waits for that
        }
