"""Who is asking: what the credentials of a request turned out to mean."""

from dataclasses import dataclass
from uuid import UUID

from domain.accounts.reach import Reach

ALL_SCOPES = frozenset({"read", "write", "schema", "admin"})
"""Every scope that a credential can carry; a session carries all of them. See docs/api-keys.md."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """An authenticated caller: a user by session (access token) or by API key."""

    user_id: UUID
    scopes: frozenset[str] = ALL_SCOPES
    session_id: UUID | None = None
    api_key_id: UUID | None = None
    is_superuser: bool = False
    secret_id: UUID | None = None
    """Which of the secrets of the API key it is: for a while after a rotation there are two."""
    reach: Reach | None = None
    """What a limited API key reaches; None for all that the user does."""
    requests_per_minute: int | None = None
    """How often an API key may be used, where that is less than the server allows."""
