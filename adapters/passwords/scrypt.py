"""scrypt (RFC 7914)."""

import re
import secrets
from dataclasses import dataclass
from hashlib import scrypt
from hmac import compare_digest
from typing import Final

from adapters.passwords.base64_text import decoded, encoded
from adapters.passwords.hasher import password_bytes

OWASP: Final = (17, 8, 1)
"""The logarithm of N, r and p of OWASP's Password Storage Cheat Sheet: 128 MiB."""
MAX_MEMORY: Final = 1 << 28
"""Bytes that a stored hash may take: 128 N r."""
MAX_WORK: Final = 1 << 30
"""Bytes that it may go through: 128 N r p; some seconds."""
_MAX_SALT_BYTES: Final = 64
_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32
_LENGTHS: Final = (_HASH_BYTES, 64)
"""Of everybody else's and of Django's hashes: another one would be the beginning of one that was cut off."""
_PHC: Final = re.compile(
    r"\$scrypt\$ln=(\d{1,2}),r=(\d{1,4}),p=(\d{1,4})\$([A-Za-z0-9+/.]{1,90})\$([A-Za-z0-9+/.]{1,90})", re.ASCII
)
_DJANGO: Final = re.compile(r"scrypt\$(\d{1,9})\$([^$]{1,64})\$(\d{1,4})\$(\d{1,4})\$([A-Za-z0-9+/=]{1,90})", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Stored:
    n: int
    r: int
    p: int
    salt: bytes
    hash: bytes

    @property
    def is_bounded(self) -> bool:
        """Whether it is one that can be computed, and in reasonable time."""
        memory = 128 * self.n * self.r
        return (
            self.n > 1
            and self.n & (self.n - 1) == 0
            and 0 < memory <= MAX_MEMORY
            and 0 < memory * self.p <= MAX_WORK
            and len(self.salt) <= _MAX_SALT_BYTES
            and len(self.hash) in _LENGTHS
        )


class Scrypt:
    """Reads Django's `scrypt$…` and the `$scrypt$ln=…` of passlib and the PHC format; writes the last."""

    def __init__(self, log_n: int = OWASP[0], r: int = OWASP[1], p: int = OWASP[2]) -> None:
        self._log_n, self._r, self._p = log_n, r, p

    def recognises(self, stored: str) -> bool:
        """See `PasswordHasher.recognises`."""
        return _read(stored) is not None

    def hash(self, password: str) -> str:
        """The hash in the PHC string format."""
        salt = secrets.token_bytes(_SALT_BYTES)
        made = _compute(password, _Stored(1 << self._log_n, self._r, self._p, salt, bytes(_HASH_BYTES)))
        return f"{self._head}{encoded(salt)}${encoded(made)}"

    def verify(self, stored: str, password: str) -> bool:
        """See `PasswordHasher.verify`."""
        found = _read(stored)
        return found is not None and compare_digest(_compute(password, found), found.hash)

    def is_outdated(self, stored: str) -> bool:
        """See `PasswordHasher.is_outdated`."""
        return not stored.startswith(self._head)

    @property
    def _head(self) -> str:
        return f"$scrypt$ln={self._log_n},r={self._r},p={self._p}$"


def _compute(password: str, like: _Stored) -> bytes:
    memory = 2 * MAX_MEMORY  # OpenSSL wants some more than the algorithm
    return scrypt(
        password_bytes(password), salt=like.salt, n=like.n, r=like.r, p=like.p, maxmem=memory, dklen=len(like.hash)
    )


def _read(stored: str) -> _Stored | None:
    phc, django = _PHC.fullmatch(stored), _DJANGO.fullmatch(stored)
    if phc is not None:
        n, r, p = 1 << int(phc[1]), int(phc[2]), int(phc[3])
        salt, hash = decoded(phc[4]), decoded(phc[5])
    elif django is not None:
        n, r, p = int(django[1]), int(django[3]), int(django[4])
        salt, hash = django[2].encode(errors="surrogatepass"), decoded(django[5])
    else:
        return None
    if salt is None or hash is None:
        return None
    found = _Stored(n, r, p, salt, hash)
    return found if found.is_bounded else None
