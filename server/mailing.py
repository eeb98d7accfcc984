"""The settings of mail, and the way out of the server that they choose."""

from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, PositiveInt, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError

from adapters.mail import Mailer
from adapters.mail.local import ConsoleMailer, FileMailer, NoMailer
from adapters.mail.smtp import SmtpMailer, SmtpServer
from domain.accounts.emails import email_or_none
from server.settings_section import Section


class Mailing(Section):
    """How mail leaves the server. It is sent in the background: a server that takes none delays nobody."""

    mail_backend: Literal["auto", "smtp", "console", "file", "off"] = Field(
        "auto",
        description="`smtp` sends; `console` writes mails to standard error and `file` into `mail_folder`, both for "
        "development; `off` drops them. `auto` is `smtp` where `smtp_host` is set, else `console` in development and "
        "`off` in production.",
    )
    mail_from: str = Field(
        "Tablegraph <no-reply@localhost>", description="Sender of mails: `name@example.com` or `Name <…>`."
    )
    mail_folder: Path = Field(Path(".data/mail"), description="Where `file` writes mails, one `.eml` each.")
    public_url: str | None = Field(
        None,
        description="What links in mails and addresses of incoming webhooks begin with: the server's own address as "
        "others see it, `https://tables.example.com`, where it has simple pages for these links, or that of a web "
        "application that has such pages and passes `/webhooks/` on. Unless set: `http://`, `host` and `port`.",
    )
    smtp_host: str | None = Field(None, description="Name or address of the SMTP server.")
    smtp_port: int | None = Field(
        None, ge=1, le=65535, description="Its port. Unless set: 587 for `starttls`, 465 for `tls`, 25 for `none`."
    )
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="`starttls` insists on encryption once connected, `tls` connects with it; certificates are "
        "checked. `none` is for a server on the same machine.",
    )
    smtp_ca_file: Path | None = Field(
        None, description="PEM file of the authorities that its certificate is checked by, instead of the system's."
    )
    smtp_username: str | None = Field(None, description="User of the SMTP server, where it asks for one.")
    smtp_password: SecretStr | None = Field(None, description="Password of that user.")
    smtp_timeout: timedelta = Field(
        timedelta(seconds=10), gt=timedelta(0), description="How long each step of a delivery may take (ISO 8601)."
    )
    mail_attempts: PositiveInt = Field(5, description="How often a mail is tried before it is given up.")
    mail_retry_delay: timedelta = Field(
        timedelta(seconds=5),
        gt=timedelta(0),
        description="Longest pause behind the first failure (ISO 8601), from half of it on; it doubles each time.",
    )

    @field_validator("mail_from")
    @classmethod
    def _is_an_address(cls, text: str) -> str:
        if not text.isprintable() or email_or_none(parseaddr(text)[1]) is None:
            raise PydanticCustomError("mail_from", "must be name@example.com or Name <name@example.com>")
        return text

    @field_validator("public_url")
    @classmethod
    def _is_a_web_address(cls, text: str | None) -> str | None:
        if text is not None and not (text.startswith(("https://", "http://")) and text.isprintable()):
            raise PydanticCustomError("public_url", "must begin with https:// or http://")
        return text

    @model_validator(mode="after")
    def _knows_its_server(self) -> Self:
        if self.mail_backend == "smtp" and self.smtp_host is None:
            raise PydanticCustomError("smtp_host", "mail_backend is smtp, so smtp_host must be set")
        return self

    def way_out(self, environment: str) -> Literal["smtp", "console", "file", "off"]:
        """Which way mails take in an environment."""
        if self.mail_backend != "auto":
            return self.mail_backend
        if self.smtp_host is not None:
            return "smtp"
        return "console" if environment == "development" else "off"

    def smtp_server(self, host: str) -> SmtpServer:
        """The SMTP server at this host, as the settings describe it."""
        return SmtpServer(
            host,
            self.smtp_port,
            self.smtp_tls,
            self.smtp_ca_file,
            self.smtp_username,
            None if self.smtp_password is None else self.smtp_password.get_secret_value(),
            self.smtp_timeout.total_seconds(),
        )


def make_mailer(settings: Mailing, environment: str) -> Mailer:
    """The way out that the settings choose."""
    way = settings.way_out(environment)
    if way == "smtp" and settings.smtp_host is not None:
        return SmtpMailer(settings.smtp_server(settings.smtp_host), settings.mail_from)
    if way == "file":
        return FileMailer(settings.mail_folder, settings.mail_from)
    return ConsoleMailer() if way == "console" else NoMailer()
