"""Mail that stays on the machine."""

import stat
from email import message_from_bytes
from email.policy import SMTPUTF8
from pathlib import Path

import pytest

from adapters.mail import Mail
from adapters.mail.local import ConsoleMailer, FileMailer, NoMailer

MAIL = Mail("ada@example.com", "Hello", "text\n", "<p>html</p>\n")


async def test_the_console_shows_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    await ConsoleMailer().send(MAIL)

    assert capsys.readouterr().err == "\n--- Mail to ada@example.com: Hello\ntext\n---\n"


async def test_a_file_is_for_this_account_alone(tmp_path: Path) -> None:
    await FileMailer(tmp_path / "mail", "no-reply@example.com").send(MAIL)

    [file] = (tmp_path / "mail").iterdir()
    assert file.suffix == ".eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert message_from_bytes(file.read_bytes(), policy=SMTPUTF8)["To"] == "ada@example.com"


async def test_off_sends_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    await NoMailer().send(MAIL)

    assert capsys.readouterr().err == ""
