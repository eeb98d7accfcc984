"""Secrets that must be read again, and so cannot be hashed: sealed with a key that the database does not know."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from enum import Enum, auto

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class SealedBy(Enum):
    """Which key has sealed something."""

    PRESENT = auto()
    FORMER = auto()
    UNKNOWN = auto()
    """None that is known; or somebody has changed it."""


class Seal:
    """Encrypts and authenticates (Fernet: AES-128-CBC and HMAC-SHA256), with a key made for one purpose."""

    def __init__(self, secret_key: str, purpose: str, *, former: Sequence[str] = ()) -> None:
        """`former` are secret keys of before: what they have sealed is opened, and nothing is sealed by them."""
        self._present, *others = [_fernet(each, purpose) for each in (secret_key, *former)]
        self._every = MultiFernet([self._present, *others])

    def close(self, text: str) -> bytes:
        """The text, sealed; other bytes each time."""
        return self._present.encrypt(text.encode())

    def open(self, sealed: bytes) -> str | None:
        """What was sealed; None where another key did it, or somebody has changed it."""
        try:
            return self._every.decrypt(sealed).decode()
        except InvalidToken:
            return None

    def by(self, sealed: bytes) -> SealedBy:
        """Which key has sealed this."""
        if _opens(self._present, sealed):
            return SealedBy.PRESENT
        return SealedBy.FORMER if _opens(self._every, sealed) else SealedBy.UNKNOWN

    def renew(self, sealed: bytes) -> bytes:
        """The same, sealed by the present key; raises `InvalidToken` for what no known key opens."""
        return self._every.rotate(sealed)


def _opens(fernet: Fernet | MultiFernet, sealed: bytes) -> bool:
    try:
        fernet.decrypt(sealed)
    except InvalidToken:
        return False
    return True


def _fernet(secret_key: str, purpose: str) -> Fernet:
    key = hmac.digest(secret_key.encode(), f"tablegraph {purpose}".encode(), hashlib.sha256)
    return Fernet(base64.urlsafe_b64encode(key))
