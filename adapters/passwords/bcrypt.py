"""bcrypt, which looks at the first 72 bytes of a password alone."""

import re
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Final

from bcrypt import gensalt, hashpw

from adapters.passwords.hasher import password_bytes

OWASP_COST: Final = 12
MAX_COST: Final = 16
"""Of a stored hash: 4,096 times the work of the least cost; some seconds."""
MAX_BYTES: Final = 72
_SALT: Final = r"[./A-Za-z0-9]{22}"
_HASH: Final = r"([./A-Za-z0-9]{31})"
_PLAIN: Final = re.compile(rf"(?:bcrypt\$)?(\$2[abxy]\$(\d\d)\${_SALT}){_HASH}", re.ASCII)
_DJANGO: Final = re.compile(rf"bcrypt_sha256\$(\$2[ab]\$(\d\d)\${_SALT}){_HASH}", re.ASCII)
_PASSLIB: Final = re.compile(rf"\$bcrypt-sha256\$v=2,t=2b,r=(\d\d?)\$({_SALT})\${_HASH}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Stored:
    """`salt` is what bcrypt is given, cost included; `key` what it makes of the password."""

    salt: str
    cost: int
    hash: str
    key: bytes


class Bcrypt:
    """Reads `$2b$…` and its kin, Django's `bcrypt$…` and `bcrypt_sha256$…`, and passlib's `$bcrypt-sha256$v=2,…`.

    It writes the last, where all of a password counts: an HMAC-SHA-256 of it, keyed with the salt, goes into bcrypt.
    Whoever made a plain `$2b$…` has cut a long password at 72 bytes, so it is cut to be verified, and the whole of it
    counts from the next hash on, which is made at once since a plain hash is outdated.
    """

    def __init__(self, cost: int = OWASP_COST) -> None:
        self._cost = cost

    def recognises(self, stored: str) -> bool:
        """See `PasswordHasher.recognises`."""
        return _read(stored, b"") is not None

    def hash(self, password: str) -> str:
        """The hash in passlib's format."""
        salt = gensalt(self._cost)
        text = salt.decode()[-22:]
        made = hashpw(_keyed(text, password_bytes(password)), salt)
        return f"{self._head}{text}${made.decode()[-31:]}"

    def verify(self, stored: str, password: str) -> bool:
        """See `PasswordHasher.verify`."""
        found = _read(stored, password_bytes(password))
        if found is None:
            return False
        try:
            made = hashpw(found.key, found.salt.encode())
        except ValueError:  # a salt that bcrypt could not have made
            return False
        return compare_digest(made[-31:], found.hash.encode())

    def is_outdated(self, stored: str) -> bool:
        """See `PasswordHasher.is_outdated`."""
        return not stored.startswith(self._head)

    @property
    def _head(self) -> str:
        return f"$bcrypt-sha256$v=2,t=2b,r={self._cost}$"


def _read(stored: str, password: bytes) -> _Stored | None:
    if match := _PLAIN.fullmatch(stored):
        found = _Stored(match[1], int(match[2]), match[3], password[:MAX_BYTES])
    elif match := _DJANGO.fullmatch(stored):
        found = _Stored(match[1], int(match[2]), match[3], sha256(password).hexdigest().encode())
    elif match := _PASSLIB.fullmatch(stored):
        found = _Stored(f"$2b${int(match[1]):02}${match[2]}", int(match[1]), match[3], _keyed(match[2], password))
    else:
        return None
    return found if 4 <= found.cost <= MAX_COST else None


def _keyed(salt: str, password: bytes) -> bytes:
    """What of a password of any length goes into bcrypt: 44 bytes."""
    return b64encode(digest(salt.encode(), password, "sha256"))
