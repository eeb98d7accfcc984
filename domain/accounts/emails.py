"""What an e-mail address of an account must look like, and the one spelling under which it is kept."""

import re
import unicodedata
from typing import Final

from domain.errors import Problem, ValidationFailed

MAX_EMAIL_LENGTH: Final = 254
"""Characters; the longest address that SMTP can carry (RFC 5321, 4.5.3.1.3)."""
_LOCAL: Final = re.compile(r"(?!\.)(?!.*\.\.)[^@\"(),:;<>\[\\\]]{1,64}(?<!\.)")
_DOMAIN: Final = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)*[^\W_](?:[\w-]{0,61}[^\W_])?")


def clean_email(text: str, *, loc: str = "email") -> str:
    """The address in its kept spelling: no white space around it, NFC, the domain in small letters.

    The part before the @ keeps its case; that addresses are unique without regard to case is the database's rule.
    Names such as `ada@crm.local` are fine: a server may live in a company's own network. Raises `ValidationFailed`.
    """
    email = _normal(text)
    if email is None:
        message = f"An e-mail address looks like name@example.com and has at most {MAX_EMAIL_LENGTH} characters."
        raise ValidationFailed([Problem((loc,), message, "value_error.format", value=text[:MAX_EMAIL_LENGTH])])
    return email


def email_or_none(text: str) -> str | None:
    """The address in its kept spelling, or None for a text that can be nobody's."""
    return _normal(text)


def _normal(text: str) -> str | None:
    local, at, domain = text.strip().rpartition("@")
    if not at or len(text) > 2 * MAX_EMAIL_LENGTH:
        return None
    email = f"{unicodedata.normalize('NFC', local)}@{unicodedata.normalize('NFKC', domain).lower()}"
    if len(email) > MAX_EMAIL_LENGTH or _has_invisible(email):
        return None
    local, _, domain = email.rpartition("@")
    return email if _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain) else None


def _has_invisible(text: str) -> bool:
    """Whether there are spaces, control characters, surrogates or characters without a glyph."""
    return any(unicodedata.category(character)[0] in "CZ" for character in text)
