"""E-mail addresses of accounts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.accounts.emails import MAX_EMAIL_LENGTH, clean_email, email_or_none
from domain.errors import Problem, ValidationFailed

LONGEST = "a" * 64 + "@" + ".".join(["b" * 63, "c" * 63, "d" * 61])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("ada@example.com", "ada@example.com"),
        ("  ada@example.com\n", "ada@example.com"),
        ("Ada.Lovelace+news@Example.COM", "Ada.Lovelace+news@example.com"),
        ("o'brien_{x}@mail.example.co.uk", "o'brien_{x}@mail.example.co.uk"),
        ("root@localhost", "root@localhost"),
        ("ada@crm.local", "ada@crm.local"),
        ("jose\u0301@example.com", "jos\u00e9@example.com"),
        ("用户@例子.公司", "用户@例子.公司"),
        ("ada@ｅxample.com", "ada@example.com"),
        (LONGEST, LONGEST),
    ],
)
def test_an_address_is_kept_in_one_spelling(text: str, kept: str) -> None:
    assert clean_email(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "ada",
        "@example.com",
        "ada@",
        "ada@@example.com",
        "a@b@example.com",
        "ada lovelace@example.com",
        "ada@exa mple.com",
        "ada@-example.com",
        "ada@example-.com",
        "ada@example..com",
        "ada@.com",
        ".ada@example.com",
        "ada.@example.com",
        "ada..b@example.com",
        "ada\x00@example.com",
        "ada\u200b@example.com",
        "ada\u202e@example.com",
        "ada\ud800@example.com",
        "ada@example.com\r\nBcc: eve@example.com",
        "Ada <ada@example.com>",
        '"ada"@example.com',
        "a" * 65 + "@example.com",
        "ada@" + "b" * 64 + ".com",
        LONGEST + "d",
        "a" * 100_000 + "@example.com",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    assert email_or_none(text) is None
    with pytest.raises(ValidationFailed) as caught:
        clean_email(text, loc="address")

    message = "An e-mail address looks like name@example.com and has at most 254 characters."
    assert caught.value.problems == (
        Problem(("address",), message, "value_error.format", value=text[:MAX_EMAIL_LENGTH]),
    )


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    email = email_or_none(text)
    assert email is None or email_or_none(email) == email


@given(st.emails())
def test_ordinary_addresses_are_taken(address: str) -> None:
    local, _, domain = address.rpartition("@")
    assert clean_email(address) == f"{local}@{domain.lower()}"
