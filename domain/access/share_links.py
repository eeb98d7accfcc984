"""The secrets of links by which a view is shared: the token, and a password on top of it."""

from typing import Final

from domain.accounts.secrets import TokenKind
from domain.errors import Problem, ValidationFailed

MIN_PASSWORD_LENGTH: Final = 8
MAX_PASSWORD_LENGTH: Final = 200
SHARE_TOKENS: Final = TokenKind("share link:")


def check_share_password(password: str) -> None:
    """Raise `ValidationFailed` for a password that is too short, or longer than anybody would send."""
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        message = f"The password of a link has {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters."
        raise ValidationFailed([Problem(("password",), message, "value_error.length")])
