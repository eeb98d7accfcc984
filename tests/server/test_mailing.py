"""Settings of mail: which way out they choose, and what they refuse."""

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from adapters.mail.local import ConsoleMailer, FileMailer, NoMailer
from adapters.mail.smtp import SmtpMailer
from server.mailing import make_mailer
from server.run import hand_down
from server.settings import Settings
from tests.support.mail import receiving, text_of, token_in
from tests.support.program import serving

REGISTER = 'mutation { register(input: { email: "a@example.com", password: "a long password" }) { accessToken } }'


@pytest.mark.parametrize(
    ("given", "environment", "kind"),
    [
        ({}, "development", ConsoleMailer),
        ({}, "production", NoMailer),
        ({"smtp_host": "mail.example.com"}, "development", SmtpMailer),
        ({"smtp_host": "mail.example.com", "mail_backend": "off"}, "production", NoMailer),
        ({"mail_backend": "file"}, "production", FileMailer),
        ({"mail_backend": "console"}, "production", ConsoleMailer),
    ],
)
def test_the_way_out(given: dict[str, str], environment: str, kind: type) -> None:
    assert type(make_mailer(Settings(**given), environment)) is kind  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given",
    [
        {"mail_backend": "smtp"},
        {"mail_from": "nobody"},
        {"mail_from": "A <a@example.com>\r\nBcc: eve@example.com"},
        {"public_url": "app.example.com"},
        {"public_url": "javascript:alert(1)"},
        {"mail_attempts": 0},
    ],
)
def test_what_cannot_work_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings(**given)  # type: ignore[arg-type]


def test_links_lead_to_the_public_address_or_to_the_server() -> None:
    assert Settings(public_url="https://app.example.com").links_begin_with == "https://app.example.com"
    assert Settings(host="::1", port=81).links_begin_with == "http://[::1]:81"
    assert Settings(host="0.0.0.0").links_begin_with == "http://localhost:8000"


def test_the_password_reaches_the_workers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TABLEGRAPH_SMTP_PASSWORD", "s3cret")
    monkeypatch.setenv("TABLEGRAPH_SECRET_KEY", "")
    monkeypatch.setenv("DATABASE_URL", "")

    hand_down(Settings(smtp_password=SecretStr("s3cret")), "postgresql://here", "k" * 32)

    settings = Settings()
    assert settings.smtp_password is not None
    assert settings.smtp_password.get_secret_value() == "s3cret"


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_server_signs_in_to_the_mail_server_and_links_to_where_it_serves(tmp_path: Path) -> None:
    with receiving(auth_required=True) as postbox:
        variables = {
            "TABLEGRAPH_SMTP_HOST": postbox.host,
            "TABLEGRAPH_SMTP_PORT": str(postbox.port),
            "TABLEGRAPH_SMTP_TLS": "none",
            "TABLEGRAPH_SMTP_USERNAME": "user",
            "TABLEGRAPH_SMTP_PASSWORD": "secret",
        }
        with serving(tmp_path / "data", **variables) as server:
            server.query(REGISTER)
            [mail] = asyncio.run(postbox.mails(1))
            address = server.address

    assert postbox.logins == [("user", "secret")]
    assert mail["From"] == "Tablegraph <no-reply@localhost>"
    assert f"{address}/verify-email#token={token_in(mail)}" in text_of(mail)
