"""Secrets that must be read again, and so cannot be hashed: sealed with a key that the database does not know."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Seal:
    """Encrypts and authenticates (Fernet: AES-128-CBC and HMAC-SHA256), with a key made for one purpose."""

    def __init__(self, secret_key: str, purpose: str, *, former: Sequence[str] = ()) -> None:
        """`former` are secret keys of before: what they have sealed is opened, and nothing is sealed by them."""
        self._fernet = MultiFernet([_fernet(each, purpose) for each in (secret_key, *former)])

    def close(self, text: str) -> bytes:
        """The text, sealed; other bytes each time."""
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str | None:
        """What was sealed; None where another key did it, or somebody has changed it."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            return None


def _fernet(secret_key: str, purpose: str) -> Fernet:
    key = hmac.digest(secret_key.encode(), f"tablegraph {purpose}".encode(), hashlib.sha256)
    return Fernet(base64.urlsafe_b64encode(key))
