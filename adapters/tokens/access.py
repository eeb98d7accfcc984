"""Access tokens: JSON Web Tokens that stand for a session."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import jwt

from adapters.tokens.keys import Keyring, shared_keyring
from adapters.tokens.reading import TokenRules, expired, invalid, verified
from domain.accounts.claims import AccessClaims
from domain.ids import parse_id

DEFAULT_LIFETIME: Final = timedelta(minutes=15)
MAX_REMEMBERED: Final = 10_000
_CLAIMS: Final = ("iss", "aud", "sub", "sid", "jti", "iat", "exp")


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token that was just issued, and for how many seconds it is good."""

    text: str
    expires_in: int

    def __repr__(self) -> str:
        return f"AccessToken(expires_in={self.expires_in})"


@dataclass(frozen=True, slots=True)
class _Remembered:
    claims: AccessClaims
    until: float


class AccessTokens:
    """Issues and reads access tokens. A token that was verified is remembered, up to `MAX_REMEMBERED` of them."""

    def __init__(
        self,
        secret_key: str,
        lifetime: timedelta = DEFAULT_LIFETIME,
        clock: Callable[[], float] = time.time,
        *,
        keys: Keyring | None = None,
        rules: TokenRules | None = None,
    ) -> None:
        self._keys = keys or shared_keyring(secret_key, "tablegraph access tokens")
        self._rules = rules or TokenRules()
        self._lifetime = int(lifetime.total_seconds())
        self._clock = clock
        self._verified: OrderedDict[str, _Remembered] = OrderedDict()

    def issue(self, user_id: UUID, session_id: UUID) -> AccessToken:
        """A token for a user's session."""
        now = int(self._clock())
        claims = {
            "iss": self._rules.issuer,
            "aud": self._rules.audience,
            "sub": str(user_id),
            "sid": str(session_id),
            "jti": secrets.token_urlsafe(12),
            "iat": now,
            "exp": now + self._lifetime,
        }
        key = self._keys.signing
        headers = None if key.id is None else {"kid": key.id}
        return AccessToken(jwt.encode(claims, self._keys.signer, key.algorithm, headers), self._lifetime)

    def read(self, text: str) -> AccessClaims:
        """The claims of a token; raises `Unauthenticated` when it is not ours, was tampered with or has expired."""
        known = self._verified.get(text)
        if known is not None:
            if self._clock() < known.until:
                return known.claims
            del self._verified[text]
        return self._verify(text)

    def seconds_left(self, text: str) -> float:
        """How long a token is good, by this machine's clock and without leeway; negative when it is no longer.

        For what lasts, and would otherwise outlive its token. Raises as `read` does.
        """
        return self.read(text).expires_at - self._clock()

    def public_keys(self) -> list[dict[str, Any]]:
        """What others need to verify tokens, as JSON Web Keys; nothing where the key is a secret."""
        return self._keys.public(self._clock())

    def _verify(self, text: str) -> AccessClaims:
        found, key = verified(text, self._keys, self._rules, _CLAIMS, self._clock())
        claims = _typed(found)
        until = claims.expires_at + self._rules.leeway_seconds
        if self._clock() >= until:
            raise expired()
        self._verified[text] = _Remembered(claims, min(until, key.good_until))
        if len(self._verified) > MAX_REMEMBERED:
            self._verified.popitem(last=False)
        return claims


def _typed(claims: dict[str, Any]) -> AccessClaims:
    user_id, session_id = parse_id(claims["sub"]), parse_id(claims["sid"])
    if user_id is None or session_id is None:
        raise invalid()
    return AccessClaims(user_id, session_id, str(claims["jti"]), int(claims["iat"]), int(claims["exp"]))
