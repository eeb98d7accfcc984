"""What is checked of every token that this server has signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import jwt

from adapters.tokens.keys import Key, Keyring
from domain.errors import Unauthenticated

EXPIRED: Final = "The access token has expired; get a new one with refreshTokens."
MAX_TOKEN_LENGTH: Final = 2048
LEEWAY: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class TokenRules:
    """Who issues tokens, for whom, and how far the clocks of the machines that issue and read may lie apart."""

    issuer: str = "tablegraph"
    audience: str = "tablegraph-api"
    leeway: timedelta = LEEWAY

    def __post_init__(self) -> None:
        assert self.issuer
        assert self.audience

    @property
    def leeway_seconds(self) -> float:
        """The leeway in seconds."""
        return self.leeway.total_seconds()


def verified(
    text: str, keys: Keyring, rules: TokenRules, required: Sequence[str], now: float
) -> tuple[dict[str, Any], Key]:
    """The claims of a token, and the key that they are signed with; raises `Unauthenticated`."""
    if len(text) > MAX_TOKEN_LENGTH or not text.isascii():
        raise invalid()
    try:
        key = keys.find(jwt.get_unverified_header(text).get("kid"), now)
        if key is None:
            raise invalid()
        claims = jwt.decode(
            text,
            key.verifier,
            algorithms=[key.algorithm],
            audience=rules.audience,
            issuer=rules.issuer,
            leeway=rules.leeway,
            options={"require": list(required)},
        )
    except jwt.ExpiredSignatureError as error:
        raise expired() from error
    except jwt.InvalidTokenError as error:
        raise invalid() from error
    return claims, key


def expired() -> Unauthenticated:
    """The error for a token that was good once."""
    return Unauthenticated(EXPIRED)


def invalid() -> Unauthenticated:
    """The error for what is no token of ours; it does not say why."""
    return Unauthenticated("The access token is not valid; sign in again.")
