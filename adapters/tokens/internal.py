"""Internal tokens: short JSON Web Tokens for calls between the services of one installation, on behalf of a user.

They are signed with a key that no access token is, so neither passes for the other; `tgi_` in front of them tells
which is which before anything is verified, and whoever searches for secrets that leaked knows them by it.
"""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import jwt

from adapters.tokens.keys import shared_keyring
from adapters.tokens.reading import TokenRules, invalid, verified
from domain.accounts.scopes import clean_scopes
from domain.errors import ValidationFailed
from domain.ids import parse_id

PREFIX: Final = "tgi_"
AUDIENCE: Final = "tablegraph-internal"
DEFAULT_LIFETIME: Final = timedelta(minutes=1)
_CLAIMS: Final = ("iss", "aud", "sub", "azp", "scope", "jti", "iat", "exp")


@dataclass(frozen=True, slots=True)
class InternalToken:
    """What an internal token states: which service acts for which user, within which scopes, and until when."""

    user_id: UUID
    service: str
    scopes: frozenset[str]
    expires_at: int
    """Seconds since 1970."""


class InternalTokens:
    """Issues and reads internal tokens; the server's secret is all that it takes."""

    def __init__(
        self,
        secret_key: str,
        lifetime: timedelta = DEFAULT_LIFETIME,
        clock: Callable[[], float] = time.time,
        *,
        rules: TokenRules | None = None,
    ) -> None:
        self._keys = shared_keyring(secret_key, "tablegraph internal tokens")
        self._rules = replace(rules or TokenRules(), audience=AUDIENCE)
        self._lifetime = int(lifetime.total_seconds())
        self._clock = clock

    def issue(self, service: str, user_id: UUID, scopes: Sequence[str]) -> str:
        """A token with which a service may act for a user; raises `ValidationFailed` for scopes that there are not."""
        now = int(self._clock())
        claims = {
            "iss": self._rules.issuer,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "azp": service,
            "scope": " ".join(clean_scopes(scopes)),
            "jti": secrets.token_urlsafe(12),
            "iat": now,
            "exp": now + self._lifetime,
        }
        return PREFIX + jwt.encode(claims, self._keys.signer, self._keys.signing.algorithm)

    def read(self, text: str) -> InternalToken:
        """What a token states; raises `Unauthenticated` when it is not ours, was tampered with or has expired."""
        claims, _ = verified(text.removeprefix(PREFIX), self._keys, self._rules, _CLAIMS, self._clock())
        return _typed(claims)


def _typed(claims: dict[str, Any]) -> InternalToken:
    user_id = parse_id(claims["sub"])
    try:
        scopes = clean_scopes(str(claims["scope"]).split())
    except ValidationFailed as error:
        raise invalid() from error
    if user_id is None:
        raise invalid()
    return InternalToken(user_id, str(claims["azp"]), frozenset(scopes), int(claims["exp"]))
