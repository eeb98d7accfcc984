"""PBKDF2 with HMAC-SHA-256 (RFC 8018), for hashes that come from elsewhere and where FIPS is asked for."""

import re
import secrets
from dataclasses import dataclass
from hashlib import pbkdf2_hmac
from hmac import compare_digest
from typing import Final

from adapters.passwords.base64_text import decoded, encoded
from adapters.passwords.hasher import password_bytes

OWASP_ITERATIONS: Final = 600_000
MAX_ITERATIONS: Final = 10_000_000
"""Of a stored hash; some seconds."""
_MAX_SALT_BYTES: Final = 64
_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32
"""A hash that is longer takes as many times longer; a shorter one would be the beginning of one that was cut off."""
_DJANGO: Final = re.compile(r"pbkdf2_sha256\$(\d{1,10})\$([^$]{1,64})\$([A-Za-z0-9+/=]{1,90})", re.ASCII)
_PHC: Final = re.compile(
    r"\$pbkdf2-sha256\$(?:i=)?(\d{1,10})(?:,l=\d{1,3})?\$([A-Za-z0-9+/.]{1,90})\$([A-Za-z0-9+/.]{1,90})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class _Stored:
    iterations: int
    salt: bytes
    hash: bytes


class Pbkdf2:
    """Reads Django's `pbkdf2_sha256$…`, passlib's and the PHC format's `$pbkdf2-sha256$…`; writes the last."""

    def __init__(self, iterations: int = OWASP_ITERATIONS) -> None:
        self._iterations = iterations

    def recognises(self, stored: str) -> bool:
        """See `PasswordHasher.recognises`."""
        return _read(stored) is not None

    def hash(self, password: str) -> str:
        """The hash in the PHC string format."""
        salt = secrets.token_bytes(_SALT_BYTES)
        made = pbkdf2_hmac("sha256", password_bytes(password), salt, self._iterations)
        return f"{self._head}{encoded(salt)}${encoded(made)}"

    def verify(self, stored: str, password: str) -> bool:
        """See `PasswordHasher.verify`."""
        found = _read(stored)
        if found is None:
            return False
        made = pbkdf2_hmac("sha256", password_bytes(password), found.salt, found.iterations, len(found.hash))
        return compare_digest(made, found.hash)

    def is_outdated(self, stored: str) -> bool:
        """See `PasswordHasher.is_outdated`."""
        return not stored.startswith(self._head)

    @property
    def _head(self) -> str:
        return f"$pbkdf2-sha256$i={self._iterations},l={_HASH_BYTES}$"


def _read(stored: str) -> _Stored | None:
    django, phc = _DJANGO.fullmatch(stored), _PHC.fullmatch(stored)
    match = django or phc
    if match is None:
        return None
    salt = match[2].encode(errors="surrogatepass") if django else decoded(match[2])
    hash = decoded(match[3])
    if salt is None or hash is None or len(salt) > _MAX_SALT_BYTES or len(hash) != _HASH_BYTES:
        return None
    return _Stored(int(match[1]), salt, hash) if 0 < int(match[1]) <= MAX_ITERATIONS else None
