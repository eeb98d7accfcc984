"""What an access token states."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """The claims of an access token; times are seconds since 1970. A superuser's or a revoked session's token looks
    like any other: what may change during a token's life is asked of the database, not of the token."""

    user_id: UUID
    session_id: UUID
    token_id: str
    issued_at: int
    expires_at: int
