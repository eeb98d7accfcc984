"""Who is asking: what the credentials of a request turned out to mean."""

from dataclasses import dataclass, field
from uuid import UUID

from domain.accounts.reach import Reach

ALL_SCOPES = frozenset({"read", "write", "schema", "admin"})
"""Every scope that a credential can carry; a session carries all of them. See docs/api-keys.md."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """An authenticated caller: a user by session (access token), by API key or by a token of another kind."""

    user_id: UUID
    scopes: frozenset[str] = ALL_SCOPES
    session_id: UUID | None = None
    api_key_id: UUID | None = None
    is_superuser: bool = False
    application_token_id: UUID | None = None
    service: str | None = None
    """Who acts for the user: the service that an internal token names, or the token backend that has told the user."""
    expires_at: float | None = None
    """When a token backend wants its token to end, in seconds since 1970; None for not by itself."""
    is_verified: bool = field(default=True, compare=False)
    """Whether the e-mail address was confirmed."""
    secret_id: UUID | None = None
    """Which of the secrets of the API key it is: for a while after a rotation there are two."""
    reach: Reach | None = None
    """What a limited API key reaches; None for all that the user does."""
    requests_per_minute: int | None = None
    """How often an API key may be used, where that is less than the server allows."""
    counted_as: str = field(init=False, compare=False)
    """Whose quotas it uses, as a text that tells all viewers apart: all sessions of a user are one, each key is one."""

    def __post_init__(self) -> None:
        key = self.api_key_id or self.application_token_id
        object.__setattr__(self, "counted_as", f"key:{key}" if key else f"user:{self.user_id}")
