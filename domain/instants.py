"""Moments as they are told to clients."""

import time
from datetime import UTC, datetime
from functools import lru_cache
from math import ceil


def reset_at(seconds: float) -> str:
    """So many seconds from now, up to the next full one, as ISO 8601 in UTC."""
    return _instant(ceil(time.time() + seconds))


@lru_cache(maxsize=100)  # writing a time takes longer than all the rest of a count
def _instant(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
