"""Who somebody is, as a provider of accounts says it."""

from dataclasses import dataclass
from typing import Final

from domain.accounts.emails import email_or_none

MAX_SUBJECT_LENGTH: Final = 255
"""Characters of ASCII (OpenID Connect Core 1.0, section 2, `sub`)."""


def is_subject(text: str) -> bool:
    """Whether this can be the id of an account at a provider."""
    return 0 < len(text) <= MAX_SUBJECT_LENGTH and text.isascii() and text.isprintable()


@dataclass(frozen=True, slots=True)
class Profile:
    """An account at a provider. `subject` is its id there, which stays when all else changes."""

    subject: str
    email: str | None
    is_email_verified: bool
    """Whether the provider knows that the account's owner gets mail at this address; others prove nothing."""
    name: str | None = None

    @property
    def proven_email(self) -> str | None:
        """The address in its kept spelling, where the provider vouches for it."""
        return email_or_none(self.email) if self.email is not None and self.is_email_verified else None

    @property
    def known_email(self) -> str | None:
        """The address in its kept spelling, whoever vouches for it."""
        return None if self.email is None else email_or_none(self.email)

    def shown_name(self, limit: int) -> str | None:
        """The name without what cannot be seen, and no longer than `limit` characters."""
        text = "".join(filter(str.isprintable, self.name or ""))[:limit].strip()
        return text or None
