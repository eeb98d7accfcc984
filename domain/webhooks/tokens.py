"""The tokens of incoming webhooks: whoever has one may send requests."""

import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_PURPOSE: Final = "incoming webhook:"
PATH: Final = "/webhooks/incoming/"
"""What the address has before the token."""


@dataclass(frozen=True, slots=True)
class IncomingToken:
    """A token that was just made: what is given out, and what is stored."""

    text: str = field(repr=False)
    digest: bytes


def new_incoming_token() -> IncomingToken:
    """256 random bits; the hash is made with the purpose, so that no other secret passes for it."""
    text = secrets.token_urlsafe(32)
    return IncomingToken(text, _digest(text))


def incoming_token_digest(text: str) -> bytes | None:
    """What is stored of a token; None for a text that cannot be one."""
    return _digest(text) if _TOKEN.fullmatch(text) else None


def without_token(path: str) -> str:
    """A path as a log may have it."""
    return f"{PATH}…" if path.startswith(PATH) else path


def _digest(text: str) -> bytes:
    return sha256((_PURPOSE + text).encode()).digest()
