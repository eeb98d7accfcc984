"""Names to sign in with: one spelling for all that look the same."""

import pytest

from domain.accounts.logins import MAX_LOGIN_LENGTH, normal_login


@pytest.mark.parametrize(
    ("typed", "login"),
    [
        ("ada", "ada"),
        ("Ada", "Ada"),
        ("  ada\t", "ada"),
        ("Ada \u00a0 Lovelace", "Ada Lovelace"),
        ("ada@example.com", "ada@example.com"),
        ("\uff41da", "ada"),
        ("jose\u0301", "jos\u00e9"),
        ("EXAMPLE\\ada", "EXAMPLE\\ada"),
        ("x" * MAX_LOGIN_LENGTH, "x" * MAX_LOGIN_LENGTH),
    ],
)
def test_what_looks_the_same_is_the_same(typed: str, login: str) -> None:
    assert normal_login(typed) == login


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " \t ",
        "ada\0",
        "ada\x7f",
        "a\u00adda",  # a soft hyphen
        "ada\u200b",  # a space of no width
        "\u202eada",  # what follows is written from right to left
        "a\ufe0fda",  # another form of the letter before it
        "a\u034fda",  # a joiner that nobody sees
        "\ud800",
        "\ue000",
        "x" * (MAX_LOGIN_LENGTH + 1),
        "e\u0301" * 1_000_000,
    ],
)
def test_what_can_be_nobody_s_name_is_refused(typed: str) -> None:
    assert normal_login(typed) is None
