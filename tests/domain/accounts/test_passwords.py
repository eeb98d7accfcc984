"""Which passwords are allowed."""

import pytest

from domain.accounts.passwords import clean_password, normal_password
from domain.errors import ValidationFailed


@pytest.mark.parametrize("password", ["12345678", "x" * 1024, "correct horse battery staple", "пароль42", "  spaces  "])
def test_passwords_within_the_limits_are_kept_as_they_are(password: str) -> None:
    assert clean_password(password, "ada@example.com") == password


@pytest.mark.parametrize(
    ("password", "message", "kind"),
    [
        ("", "A password has 8 to 1,024 characters, not 0.", "value_error.range"),
        ("1234567", "A password has 8 to 1,024 characters, not 7.", "value_error.range"),
        ("x" * 1025, "A password has 8 to 1,024 characters, not 1,025.", "value_error.range"),
        ("12345678\ud800", "A password may not hold half of a surrogate pair.", "value_error.encoding"),
        ("ada@example.com", "The password may not be the e-mail address.", "value_error.guessable"),
        ("ADA@Example.com", "The password may not be the e-mail address.", "value_error.guessable"),
    ],
)
def test_other_passwords_are_refused_and_not_repeated(password: str, message: str, kind: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        clean_password(password, "ada@example.com", loc="newPassword")

    [problem] = caught.value.problems
    assert (problem.loc, problem.message, problem.type, problem.value) == (("newPassword",), message, kind, None)


def test_both_spellings_of_an_accent_are_one_password() -> None:
    assert normal_password("cafe\u0301 noir") == normal_password("caf\u00e9 noir") == "caf\u00e9 noir"


def test_marks_that_would_take_hours_to_sort_are_left_as_they_are() -> None:
    marks = "\u0315\u0300" * 1_000_000
    assert normal_password(marks) is marks
    with pytest.raises(ValidationFailed, match=r"A password has 8 to 1,024 characters, not 2,000,000\."):
        clean_password(marks, "ada@example.com")
