"""Tokens that go out by mail: what each opens, how they are made and recognised, and for how long they are good."""

import re
from datetime import timedelta
from enum import Enum
from typing import Final

from domain.accounts.secrets import digest

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class Purpose(Enum):
    """What a token opens, and nothing else."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105  # a purpose, not a password
    CHANGE_EMAIL = "change_email"
    REACTIVATE = "reactivate"


def one_time_digest(text: str) -> bytes | None:
    """What is stored of a token; None for a text that cannot be one."""
    return digest(text) if _TOKEN.fullmatch(text) else None


def in_words(lifetime: timedelta) -> str:
    """A duration as people say it, in the largest unit that it is a whole number of: `36 hours`, `1 day`."""
    seconds = max(1, round(lifetime.total_seconds()))
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds % length == 0:
            return f"{seconds // length} {unit}{'' if seconds == length else 's'}"
    return f"{seconds} seconds" if seconds > 1 else "1 second"
