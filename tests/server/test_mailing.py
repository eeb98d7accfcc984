"""Settings of mail: which way out they choose, and what they refuse."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from adapters.mail.local import ConsoleMailer, FileMailer, NoMailer
from adapters.mail.smtp import SmtpMailer
from server.mailing import make_mailer
from server.run import _hand_down
from server.settings import Settings


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


def test_the_password_reaches_the_workers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TABLEGRAPH_SMTP_PASSWORD", "s3cret")
    monkeypatch.setenv("TABLEGRAPH_SECRET_KEY", "")
    monkeypatch.setenv("DATABASE_URL", "")

    _hand_down(Settings(smtp_password=SecretStr("s3cret")), "postgresql://here", "k" * 32)

    settings = Settings()
    assert settings.smtp_password is not None
    assert settings.smtp_password.get_secret_value() == "s3cret"
