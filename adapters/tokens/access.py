"""Access tokens: JSON Web Tokens that this server signs, and reads without asking anybody."""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import jwt

from domain.accounts.claims import AccessClaims
from domain.errors import Unauthenticated
from domain.ids import parse_id

ISSUER: Final = "tablegraph"
AUDIENCE: Final = "tablegraph-api"
ALGORITHM: Final = "HS256"
DEFAULT_LIFETIME: Final = timedelta(minutes=15)
LEEWAY: Final = timedelta(seconds=10)
"""How far the clocks of the machines that issue and read may lie apart."""
EXPIRED: Final = "The access token has expired; get a new one with refreshTokens."
MAX_TOKEN_LENGTH: Final = 2048
MAX_REMEMBERED: Final = 10_000
_CLAIMS: Final = ["iss", "aud", "sub", "sid", "jti", "iat", "exp"]


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token that was just issued, and for how many seconds it is good."""

    text: str
    expires_in: int

    def __repr__(self) -> str:
        return f"AccessToken(expires_in={self.expires_in})"


class AccessTokens:
    """Issues and reads access tokens. A token that was verified is remembered, up to `MAX_REMEMBERED` of them."""

    def __init__(
        self, secret_key: str, lifetime: timedelta = DEFAULT_LIFETIME, clock: Callable[[], float] = time.time
    ) -> None:
        # The server's secret serves several purposes; each has a key of its own.
        self._key = hmac.digest(secret_key.encode(), b"tablegraph access tokens", hashlib.sha256)
        self._lifetime = int(lifetime.total_seconds())
        self._clock = clock
        self._verified: OrderedDict[str, AccessClaims] = OrderedDict()

    def issue(self, user_id: UUID, session_id: UUID) -> AccessToken:
        """A token for a user's session."""
        now = int(self._clock())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "sid": str(session_id),
            "jti": secrets.token_urlsafe(12),
            "iat": now,
            "exp": now + self._lifetime,
        }
        return AccessToken(jwt.encode(claims, self._key, algorithm=ALGORITHM), self._lifetime)

    def read(self, text: str) -> AccessClaims:
        """The claims of a token; raises `Unauthenticated` when it is not ours, was tampered with or has expired."""
        claims = self._verified.get(text)
        if claims is None:
            claims = _verify(text, self._key)
            self._remember(text, claims)
        elif self._clock() >= claims.expires_at + LEEWAY.total_seconds():
            del self._verified[text]
            raise _expired()
        return claims

    def seconds_left(self, text: str) -> float:
        """How long a token is good, by this machine's clock and without leeway; negative when it is no longer.

        For what lasts, and would otherwise outlive its token. Raises as `read` does.
        """
        return self.read(text).expires_at - self._clock()

    def _remember(self, text: str, claims: AccessClaims) -> None:
        self._verified[text] = claims
        if len(self._verified) > MAX_REMEMBERED:
            self._verified.popitem(last=False)


def _verify(text: str, key: bytes) -> AccessClaims:
    if len(text) > MAX_TOKEN_LENGTH or not text.isascii():
        raise _invalid()
    try:
        claims = jwt.decode(
            text,
            key,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=LEEWAY,
            options={"require": _CLAIMS},
        )
    except jwt.ExpiredSignatureError as error:
        raise _expired() from error
    except jwt.InvalidTokenError as error:
        raise _invalid() from error
    return _typed(claims)


def _typed(claims: dict[str, Any]) -> AccessClaims:
    user_id, session_id = parse_id(claims["sub"]), parse_id(claims["sid"])
    if user_id is None or session_id is None:
        raise _invalid()
    return AccessClaims(user_id, session_id, str(claims["jti"]), int(claims["iat"]), int(claims["exp"]))


def _expired() -> Unauthenticated:
    return Unauthenticated(EXPIRED)


def _invalid() -> Unauthenticated:
    return Unauthenticated("The access token is not valid; sign in again.")
