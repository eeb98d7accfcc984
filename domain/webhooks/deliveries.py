"""What becomes of a message of a webhook, and when it is tried again."""

import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Final

GONE: Final = 410
"""The status by which a target says that it wants nothing any more, by Standard Webhooks."""
LATER: Final = frozenset({429, 503})
"""The statuses that may come with a time behind which a target wants to be asked again."""
_DIGITS: Final = 9
"""Of a number of seconds that is looked at."""
_LEAST_SHARE: Final = 0.8


class DeliveryStatus(Enum):
    """Where a message stands."""

    OPEN = "OPEN"
    """A batch that takes more events."""
    PENDING = "PENDING"
    """It is to be sent, now or later; where its webhook is disabled, when it is enabled again."""
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    """It was tried as often as it is to be."""


def read_pauses(text: str) -> Sequence[int]:
    """The seconds between attempts from their list, such as `5,300`."""
    return tuple(int(each) for each in text.split(","))


def pause_before(tries_left: int, pauses: Sequence[int]) -> timedelta:
    """How long a message rests that has failed and has so many tries left, the last of which follows the last pause.

    It is a little less as chance has it, so that what failed together does not come back together.
    """
    seconds = pauses[max(len(pauses) - tries_left, 0)]
    return timedelta(seconds=seconds * random.uniform(_LEAST_SHARE, 1))  # noqa: S311  # no secret


def asked_pause(status: int, retry_after: str | None, now: datetime, most: timedelta) -> timedelta:
    """How long a target wants not to be asked again, by its header `Retry-After` (RFC 9110, 10.2.3); 0 for no wish."""
    text = "" if retry_after is None or status not in LATER else retry_after.strip()
    pause = timedelta(0)
    if text.isascii() and text.isdecimal():
        pause = timedelta(seconds=int(text)) if len(text) <= _DIGITS else most
    elif text:
        with suppress(ValueError):
            moment = parsedate_to_datetime(text)
            pause = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return min(max(pause, timedelta(0)), most)
