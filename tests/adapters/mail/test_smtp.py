"""SMTP: what arrives at a real server, with and without TLS, and which failures are final."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.mail import Mail, MailFailed
from adapters.mail.smtp import SmtpMailer, SmtpServer
from tests.support.certificates import write_certificate
from tests.support.mail import Postbox, free_port, html_of, receiving, text_of

SENDER = "Tablegraph <no-reply@example.com>"
MAIL = Mail("ada@example.com", "Grüße", "Guten Tag\n", "<p>Guten Tag</p>\n")


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with receiving() as postbox:
        yield postbox


def mailer(postbox: Postbox, tls: str = "none", **options: object) -> SmtpMailer:
    """A mailer of that server's."""
    return SmtpMailer(SmtpServer(postbox.host, postbox.port, tls, **options), SENDER)  # type: ignore[arg-type]


async def test_a_mail_arrives(postbox: Postbox) -> None:
    await mailer(postbox).send(MAIL)

    [arrived] = postbox.arrived
    assert (arrived["From"], arrived["To"], arrived["Subject"]) == (SENDER, "ada@example.com", "Grüße")
    assert (text_of(arrived), html_of(arrived)) == ("Guten Tag\n", "<p>Guten Tag</p>\n")
    assert postbox.recipients == ["ada@example.com"]


async def test_an_address_beyond_ascii_arrives(postbox: Postbox) -> None:
    await mailer(postbox).send(Mail("jörg@straße.example", "Hi", "x\n", "x\n"))

    assert postbox.recipients == ["jörg@xn--strae-oqa.example"]


async def test_a_mail_that_some_have_got_is_not_sent_again(postbox: Postbox) -> None:
    postbox.unknown = {"b@example.com"}
    mail = Mail("a@example.com", "Hi", "x\n", "", ("b@example.com",), ("c@example.com",))
    with pytest.raises(MailFailed, match=r"Some addresses were refused: b@example.com \(550\)") as caught:
        await mailer(postbox).send(mail)

    assert caught.value.is_permanent
    assert postbox.recipients == ["a@example.com", "c@example.com"]


async def test_the_server_is_told_user_and_password(postbox: Postbox) -> None:
    await mailer(postbox, username="user", password="secret").send(MAIL)

    assert postbox.logins == [("user", "secret")]
    assert len(postbox.arrived) == 1


async def test_a_wrong_password_may_be_mended(postbox: Postbox) -> None:
    with pytest.raises(MailFailed) as caught:
        await mailer(postbox, username="user", password="wrong").send(MAIL)

    assert not caught.value.is_permanent
    assert postbox.arrived == []


@pytest.mark.parametrize(("refusal", "is_permanent"), [("451 try later", False), ("550 no such user", True)])
async def test_a_reply_says_whether_to_try_again(refusal: str, is_permanent: bool, postbox: Postbox) -> None:
    postbox.refusal = refusal

    with pytest.raises(MailFailed) as caught:
        await mailer(postbox).send(MAIL)

    assert caught.value.is_permanent == is_permanent


async def test_a_server_that_is_not_there_is_a_failure() -> None:
    with pytest.raises(MailFailed) as caught:
        await SmtpMailer(SmtpServer("127.0.0.1", free_port(), "none"), SENDER).send(MAIL)

    assert not caught.value.is_permanent


async def test_starttls_is_insisted_on(postbox: Postbox) -> None:
    with pytest.raises(MailFailed):
        await mailer(postbox, "starttls").send(MAIL)

    assert postbox.arrived == []


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_the_certificate_is_checked(tls: str, tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    options = {"context": context, "require_starttls": True} if tls == "starttls" else {"ssl_context": context}

    with receiving(**options) as postbox:
        with pytest.raises(MailFailed):
            await mailer(postbox, tls).send(MAIL)
        assert postbox.arrived == []
        await mailer(postbox, tls, ca_file=certificate).send(MAIL)
        assert len(postbox.arrived) == 1
