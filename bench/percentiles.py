"""Percentiles of what was timed."""

import math
from collections.abc import Sequence


def milliseconds(seconds: Sequence[float], percent: float) -> float:
    """The least of these times that so many percent of them do not exceed (the nearest rank), in milliseconds."""
    return 1000 * sorted(seconds)[max(0, math.ceil(len(seconds) * percent / 100) - 1)]
