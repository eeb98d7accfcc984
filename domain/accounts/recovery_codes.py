"""Recovery codes: for who has lost what makes the other ones."""

import base64
import secrets
from hashlib import sha256
from typing import Final

COUNT: Final = 10
_BYTES: Final = 10
"""80 bits: 16 letters of base 32, that nobody can search backwards from a plain hash."""


def new_recovery_codes() -> list[str]:
    """A set of codes such as `k3jq-7xaa-m2vd-p9wc`."""
    return [_shown(base64.b32encode(secrets.token_bytes(_BYTES)).decode().lower()) for _ in range(COUNT)]


def recovery_code_digest(text: str) -> bytes:
    """What is stored of a code; capitals, hyphens and spaces do not matter."""
    plain = "".join(character for character in text.lower()[:100] if character.isalnum())
    return sha256(plain.encode(errors="surrogatepass")).digest()


def _shown(letters: str) -> str:
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
