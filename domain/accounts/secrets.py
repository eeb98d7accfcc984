"""Secrets that are handed out once and kept only as their SHA-256.

They are 256 random bits, so a plain hash cannot be searched backwards; passwords are another matter.
"""

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

APPLICATION_PREFIX: Final = "tga_"
_SECRET_BYTES: Final = 32
API_KEY_PREFIX: Final = "tg_"
_API_KEY: Final = re.compile(r"tg_[0-9a-f]{8}_[A-Za-z0-9_-]{43}")
_APPLICATION_TOKEN: Final = re.compile(r"tga_[0-9a-f]{8}_[A-Za-z0-9_-]{43}")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret that was just made: what its holder gets, how people recognise it, and what is stored."""

    text: str
    prefix: str
    digest: bytes

    def __repr__(self) -> str:
        return f"NewSecret({self.prefix}…)"


@dataclass(frozen=True, slots=True)
class TokenKind:
    """Tokens of 256 random bits for one purpose, with which they are hashed: so no other secret passes for one."""

    purpose: str

    def new(self) -> NewSecret:
        """A token that is new."""
        text = secrets.token_urlsafe(_SECRET_BYTES)
        return NewSecret(text, "", self._digest(text))

    def digest(self, text: str) -> bytes | None:
        """What is stored of a token; None for a text that cannot be one."""
        return self._digest(text) if _BARE.fullmatch(text) else None

    def _digest(self, text: str) -> bytes:
        return digest(self.purpose + text)


def new_api_key() -> NewSecret:
    """A key such as `tg_1f0c9a7e_…`; the prefix is everything before the second underscore."""
    return _named("tg")


def new_application_token() -> NewSecret:
    """A token such as `tga_1f0c9a7e_…`; the prefix is everything before the second underscore."""
    return _named("tga")


def _named(kind: str) -> NewSecret:
    prefix = f"{kind}_{secrets.token_hex(4)}"
    text = f"{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    return NewSecret(text, prefix, digest(text))


def new_bare_secret() -> NewSecret:
    """A secret without a part that is shown: a refresh token, the token of a challenge, a sign-in code."""
    text = secrets.token_urlsafe(_SECRET_BYTES)
    return NewSecret(text, "", digest(text))


def new_seed() -> bytes:
    """What makes the successor of a refresh token, see `refresh_successor`."""
    return secrets.token_bytes(_SECRET_BYTES)


def refresh_successor(key: bytes, token: str, seed: bytes) -> NewSecret:
    """The one successor of a refresh token: who has the token gets the same one again, and nobody else gets it.

    It takes the server's `key`, the token, of which the server keeps a digest alone, and the seed that it keeps.
    """
    made = hmac.digest(key, token.encode() + seed, sha256)
    text = urlsafe_b64encode(made).decode().rstrip("=")
    return NewSecret(text, "", digest(text))


def new_form_token() -> str:
    """The token of a published form: 256 random bits, kept as it is, see models/form.py."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def api_key_digest(text: str) -> bytes | None:
    """What is stored of an API key; None for a text that cannot be one."""
    return digest(text) if _API_KEY.fullmatch(text) else None


def application_token_digest(text: str) -> bytes | None:
    """What is stored of an application token; None for a text that cannot be one."""
    return digest(text) if _APPLICATION_TOKEN.fullmatch(text) else None


def refresh_token_digest(text: str) -> bytes | None:
    """What is stored of a refresh token; None for a text that cannot be one."""
    return digest(text) if _BARE.fullmatch(text) else None


def digest(text: str) -> bytes:
    """The SHA-256 of a secret."""
    return sha256(text.encode(errors="surrogatepass")).digest()
