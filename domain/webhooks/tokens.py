"""The tokens of incoming webhooks: whoever has one may send requests."""

from typing import Final

from domain.accounts.secrets import TokenKind

INCOMING_TOKENS: Final = TokenKind("incoming webhook:")
PATH: Final = "/webhooks/incoming/"
"""What the address has before the token."""


def without_token(path: str) -> str:
    """A path as a log may have it."""
    return f"{PATH}…" if path.startswith(PATH) else path
