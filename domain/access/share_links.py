"""The secrets of links by which a view is shared: the token, and a password on top of it."""

import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from domain.errors import Problem, ValidationFailed

MIN_PASSWORD_LENGTH: Final = 8
MAX_PASSWORD_LENGTH: Final = 200
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_PURPOSE: Final = "share link:"


@dataclass(frozen=True, slots=True)
class ShareToken:
    """A token that was just made: what is given out, and what is stored."""

    text: str = field(repr=False)
    digest: bytes


def new_share_token() -> ShareToken:
    """256 random bits; the hash is made with the purpose, so that no other secret passes for it."""
    text = secrets.token_urlsafe(32)
    return ShareToken(text, _digest(text))


def share_token_digest(text: str) -> bytes | None:
    """What is stored of a token; None for a text that cannot be one."""
    return _digest(text) if _TOKEN.fullmatch(text) else None


def check_share_password(password: str) -> None:
    """Raise `ValidationFailed` for a password that is too short, or longer than anybody would send."""
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        message = f"The password of a link has {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters."
        raise ValidationFailed([Problem(("password",), message, "value_error.length")])


def _digest(text: str) -> bytes:
    return sha256((_PURPOSE + text).encode()).digest()
