"""New accounts."""

import pytest

from domain.accounts.registration import NewAccount, clean_account
from domain.errors import ValidationFailed


def test_an_account_is_kept_in_its_spelling() -> None:
    assert clean_account(" Ada@Example.com ", "a long password", "  Ada ") == NewAccount(
        "Ada@example.com", "a long password", "Ada"
    )


@pytest.mark.parametrize("name", [None, "", "   "])
def test_an_empty_name_is_none(name: str | None) -> None:
    assert clean_account("ada@example.com", "a long password", name).name is None


def test_all_faults_are_found_at_once() -> None:
    with pytest.raises(ValidationFailed) as caught:
        clean_account("nobody", "short", "A\x00da", max_name_length=10)

    assert [(problem.loc, problem.type) for problem in caught.value.problems] == [
        (("email",), "value_error.format"),
        (("password",), "value_error.range"),
        (("name",), "value_error.control_character"),
    ]


def test_the_limit_of_the_name_is_the_callers() -> None:
    with pytest.raises(ValidationFailed) as caught:
        clean_account("ada@example.com", "a long password", "Ada Lovelace", max_name_length=11)

    assert caught.value.problems[0].message == "The name of a person may have at most 11 characters, not 12."


def test_the_password_is_not_in_the_repr() -> None:
    assert "a long password" not in repr(clean_account("ada@example.com", "a long password", None))
