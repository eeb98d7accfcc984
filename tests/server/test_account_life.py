"""Settings of accounts' lives: how they reach the use cases, and what they refuse."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from server.settings import Settings

ENTRY_POINTS = "[tablegraph.password_checks]\nno-green = green_check:no_green\n"
MODULE = 'def no_green(password, email):\n    return "Too green." if "green" in password else None\n'


def test_the_rules_follow_the_settings() -> None:
    rules = Settings(
        require_verified_email=True, password_reset_lifetime=timedelta(minutes=5), max_account_mails_per_hour=2
    ).account_rules

    assert (rules.require_verified_email, rules.max_account_mails_per_hour) == (True, 2)
    assert rules.password_reset_lifetime == timedelta(minutes=5)
    assert rules.email_verification_lifetime == timedelta(days=1)


@pytest.mark.parametrize(
    "given",
    [
        {"min_password_length": 7},
        {"min_password_length": 129},
        {"password_reset_lifetime": "PT0S"},
        {"max_account_mails_per_hour": 0},
        {"breached_passwords": "/nowhere/list.txt"},
        {"password_checks": "nobody-has-this"},
        {"require_verified_email": True, "mail_backend": "off"},
        {"require_verified_email": True, "environment": "production"},
    ],
)
def test_what_cannot_work_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings(**given)  # type: ignore[arg-type]


def test_a_breached_list_becomes_a_check(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("A" * 40)

    assert len(Settings(breached_passwords=file).password_policy._checks) == 1
    assert Settings(min_password_length=12).password_policy.min_length == 12


async def test_a_check_of_another_distribution_is_found_by_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    information = tmp_path / "green_check-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: green-check\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(ENTRY_POINTS)
    (tmp_path / "green_check.py").write_text(MODULE)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    policy = Settings(password_checks="no-green").password_policy

    with pytest.raises(Exception, match="Too green"):
        await policy.clean("a green password", "ada@example.com")
    assert await policy.clean("a blue password", "ada@example.com") == "a blue password"
