"""What a new account must bring: all its faults are found at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from domain.accounts.emails import clean_email
from domain.accounts.passwords import MIN_PASSWORD_LENGTH, clean_password
from domain.errors import Problem, ValidationFailed
from domain.names import MAX_NAME_LENGTH, clean_name


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account that fits the rules; whether the address is free is the database's to say."""

    email: str
    password: str = field(repr=False)
    name: str | None


def clean_account(
    email: str,
    password: str,
    name: str | None,
    *,
    max_name_length: int = MAX_NAME_LENGTH,
    min_password_length: int = MIN_PASSWORD_LENGTH,
) -> NewAccount:
    """The account in its kept spelling; raises `ValidationFailed` with the problems of all three."""
    problems: list[Problem] = []
    with _gathering(problems):
        email = clean_email(email)
    with _gathering(problems):
        password = clean_password(password, email, min_length=min_password_length)
    with _gathering(problems):
        name = clean_optional_name(name, "person", limit=max_name_length)
    if problems:
        raise ValidationFailed(problems)
    return NewAccount(email, password, name)


def clean_optional_name(text: str | None, what: str, *, limit: int = MAX_NAME_LENGTH, loc: str = "name") -> str | None:
    """A name that may be missing; an empty one counts as missing."""
    return None if text is None or not text.strip() else clean_name(text, what, limit=limit, loc=(loc,))


@contextmanager
def _gathering(problems: list[Problem]) -> Iterator[None]:
    """Add what a rule finds wrong to `problems` and go on."""
    try:
        yield
    except ValidationFailed as error:
        problems.extend(error.problems)
