"""Which passwords an account may have."""

import unicodedata
from typing import Final

from domain.errors import Problem, ValidationFailed

MIN_PASSWORD_LENGTH: Final = 8
MAX_PASSWORD_LENGTH: Final = 1024
"""Characters; long enough for any passphrase, short enough that hashing costs what it should."""
_MAX_NORMALIZED: Final = 4 * MAX_PASSWORD_LENGTH
"""NFC makes one character of up to four."""


def clean_password(text: str, email: str, *, loc: str = "password", min_length: int = MIN_PASSWORD_LENGTH) -> str:
    """The password as it is hashed; raises `ValidationFailed`, which never holds the password itself."""
    password = normal_password(text)
    if not min_length <= len(password) <= MAX_PASSWORD_LENGTH:
        limits = f"{min_length} to {MAX_PASSWORD_LENGTH:,}"
        raise refused_password(f"A password has {limits} characters, not {len(password):,}.", "value_error.range", loc)
    if any("\ud800" <= character <= "\udfff" for character in password):
        raise refused_password("A password may not hold half of a surrogate pair.", "value_error.encoding", loc)
    if password.casefold() == email.casefold():
        raise refused_password("The password may not be the e-mail address.", "value_error.guessable", loc)
    if password.casefold() == email.rpartition("@")[0].casefold():
        message = "The password may not be the part of the e-mail address before the @."
        raise refused_password(message, "value_error.guessable", loc)
    return password


def normal_password(text: str) -> str:
    """One form (NFC) for texts that look the same, so that every keyboard's spelling of a password matches.

    A text that is far too long stays as it is, and is nobody's password: marks that are out of order are sorted in
    quadratic time, so that a few megabytes of them would take hours.
    """
    return unicodedata.normalize("NFC", text) if len(text) <= _MAX_NORMALIZED else text


def refused_password(message: str, type: str, loc: str) -> ValidationFailed:
    """The error for a password that an account may not have."""
    return ValidationFailed([Problem((loc,), message, type)])
