"""Who is asking: what the credentials of a request turned out to mean."""

from dataclasses import dataclass, field
from uuid import UUID

ALL_SCOPES = frozenset({"read", "write"})
"""Every scope that a credential can carry; a session carries all of them."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """An authenticated caller: a user by session (access token) or by API key."""

    user_id: UUID
    scopes: frozenset[str] = ALL_SCOPES
    session_id: UUID | None = None
    api_key_id: UUID | None = None
    is_superuser: bool = False
    is_verified: bool = field(default=True, compare=False)
    """Whether the e-mail address was confirmed."""
