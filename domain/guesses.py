"""How long whoever fails to show the right credentials has to wait before the next attempt."""

from dataclasses import dataclass
from typing import Final

_MAX_DOUBLINGS: Final = 30


@dataclass(frozen=True, slots=True)
class Pace:
    """So many failures are free; the next costs a second, and each further one twice as much, up to `most` seconds."""

    free: int
    most: int


def delay_after(failures: int, pace: Pace) -> int:
    """The seconds to wait after so many failures in a row; 0 for none."""
    over = failures - pace.free
    return 0 if over <= 0 else min(pace.most, 1 << min(over - 1, _MAX_DOUBLINGS))
