"""An SMTP server for tests: a real one, on a free port of this machine, that keeps what arrives."""

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTPUTF8
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.waiting import eventually

LINK = re.compile(r"https?://\S+#token=([A-Za-z0-9_-]+)")


@dataclass(slots=True)
class Postbox:
    """What has arrived, and how the server answers: `refusal` is a reply such as `451 later` instead of taking it."""

    host: str = ""
    port: int = 0
    arrived: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refusal: str | None = None
    unknown: set[str] = field(default_factory=set)
    """Addresses that it refuses, whatever else it takes."""
    deliveries: int = 0
    """How often somebody tried."""
    logins: list[tuple[str, str]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.unknown:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's
        self.deliveries += 1
        if self.refusal is not None:
            return self.refusal
        message = message_from_bytes(cast(bytes, envelope.content), policy=SMTPUTF8)
        self.arrived.append(cast(EmailMessage, message))
        self.recipients += envelope.rcpt_tos
        return "250 taken"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        """Take one user, and note who tried."""
        assert isinstance(given, LoginPassword)
        self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=self.logins[-1] == ("user", "secret"), handled=False)  # by 535, else by silence

    async def mails(self, count: int) -> list[EmailMessage]:
        """Those that have arrived, once there are as many."""
        await eventually(lambda: len(self.arrived) >= count)
        assert len(self.arrived) == count
        return self.arrived

    async def last(self, count: int) -> EmailMessage:
        """The last of so many."""
        return (await self.mails(count))[-1]


def text_of(message: EmailMessage) -> str:
    """The plain text of a mail."""
    body = message.get_body(("plain",))
    assert body is not None
    return cast(str, body.get_content()).replace("\r\n", "\n")


def html_of(message: EmailMessage) -> str:
    """The HTML of a mail."""
    body = message.get_body(("html",))
    assert body is not None
    return cast(str, body.get_content()).replace("\r\n", "\n")


def token_in(message: EmailMessage) -> str:
    """The token in the one link of a mail."""
    [token] = LINK.findall(text_of(message))
    assert isinstance(token, str)
    return token


@contextmanager
def receiving(port: int = 0, *, context: ssl.SSLContext | None = None, **options: Any) -> Iterator[Postbox]:
    """A server that takes mail while the block runs; `context` has it offer STARTTLS."""
    postbox = Postbox()
    controller = Controller(
        postbox,
        hostname="127.0.0.1",
        port=port or free_port(),
        tls_context=context,
        authenticator=postbox.authenticate,
        auth_require_tls=context is not None,
        enable_SMTPUTF8=True,
        **options,
    )
    controller.start()
    postbox.host, postbox.port = controller.hostname, controller.port
    try:
        yield postbox
    finally:
        controller.stop()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
