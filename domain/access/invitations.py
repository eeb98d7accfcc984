"""The secret in the link of an invitation: good for one invitation, for one use, and for nothing else."""

import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_PURPOSE: Final = "invitation:"


@dataclass(frozen=True, slots=True)
class InvitationToken:
    """A token that was just made: what goes into the mail, and what is stored."""

    text: str = field(repr=False)
    digest: bytes


def new_invitation_token() -> InvitationToken:
    """256 random bits; the hash is made with the purpose, so that no other secret passes for it."""
    text = secrets.token_urlsafe(32)
    return InvitationToken(text, _digest(text))


def invitation_digest(text: str) -> bytes | None:
    """What is stored of a token; None for a text that cannot be one."""
    return _digest(text) if _TOKEN.fullmatch(text) else None


def _digest(text: str) -> bytes:
    return sha256((_PURPOSE + text).encode()).digest()
