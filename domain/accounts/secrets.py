"""Secrets that are handed out once and kept only as their SHA-256.

They are 256 random bits, so a plain hash cannot be searched backwards; passwords are another matter.
"""

import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

_SECRET_BYTES: Final = 32
_API_KEY: Final = re.compile(r"tg_[0-9a-f]{8}_[A-Za-z0-9_-]{43}")
_REFRESH_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret that was just made: what its holder gets, how people recognise it, and what is stored."""

    text: str
    prefix: str
    digest: bytes

    def __repr__(self) -> str:
        return f"NewSecret({self.prefix}…)"


def new_api_key() -> NewSecret:
    """A key such as `tg_1f0c9a7e_…`; the prefix is everything before the second underscore."""
    prefix = f"tg_{secrets.token_hex(4)}"
    text = f"{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    return NewSecret(text, prefix, digest(text))


def new_refresh_token() -> NewSecret:
    """A refresh token; it has no part that is shown."""
    text = secrets.token_urlsafe(_SECRET_BYTES)
    return NewSecret(text, "", digest(text))


def new_form_token() -> str:
    """The token of a published form: 256 random bits, kept as it is, see models/form.py."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def api_key_digest(text: str) -> bytes | None:
    """What is stored of an API key; None for a text that cannot be one."""
    return digest(text) if _API_KEY.fullmatch(text) else None


def refresh_token_digest(text: str) -> bytes | None:
    """What is stored of a refresh token; None for a text that cannot be one."""
    return digest(text) if _REFRESH_TOKEN.fullmatch(text) else None


def digest(text: str) -> bytes:
    """The SHA-256 of a secret."""
    return sha256(text.encode()).digest()
