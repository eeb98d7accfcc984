"""The one spelling of what somebody types as a name to sign in with."""

import stringprep
import unicodedata
from typing import Final

from domain.accounts.emails import MAX_EMAIL_LENGTH

MAX_LOGIN_LENGTH: Final = MAX_EMAIL_LENGTH
"""Characters; a name may be an address."""


def normal_login(text: str) -> str | None:
    """The name in NFKC with single spaces, or None for a text that can be nobody's.

    Directories take names for the same that look the same (RFC 4518): whoever guesses at one must not get further
    attempts by spelling it in another way. What a directory would not see at all is therefore refused.
    """
    if len(text) > 2 * MAX_LOGIN_LENGTH:
        return None
    login = " ".join(unicodedata.normalize("NFKC", text).split())
    return login if 0 < len(login) <= MAX_LOGIN_LENGTH and not any(map(_is_unseen, login)) else None


def _is_unseen(character: str) -> bool:
    """Whether it is a control or format character, half a surrogate pair, unassigned, or mapped to nothing."""
    return unicodedata.category(character)[0] == "C" or stringprep.in_table_b1(character)
