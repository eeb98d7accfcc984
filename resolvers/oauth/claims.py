"""What somebody else says of who a person is: a provider of accounts, or a directory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.accounts.profiles import Profile


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose account at which provider it is; `title` is what people call the provider, `tokens` are what it gave."""

    provider: str
    title: str
    profile: Profile
    tokens: Mapping[str, Any] = field(default_factory=dict, repr=False)
    is_linked_by_users: bool = True
    """Whether users can link such an account to theirs themselves (`linkIdentity`)."""
    makes_users: bool = False
    """Whether somebody new gets an account where registration is closed, too."""
