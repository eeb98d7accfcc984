"""How long a job rests before it is tried again."""

from datetime import timedelta

import pytest

from adapters.jobs.execution import pause_after
from adapters.jobs.job import Patience

PATIENCE = Patience(20, timedelta(seconds=2), timedelta(minutes=5))


def pauses(failures: int) -> list[float]:
    """So many seconds after so many failures before this one, each by chance."""
    return sorted(pause_after(PATIENCE, failures).total_seconds() for _ in range(500))


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 2), (1, 4), (2, 8), (6, 128), (7, 256), (8, 300), (9, 300), (31, 300), (10**6, 300)]
)
def test_it_doubles_up_to_the_longest_and_is_spread(failures: int, seconds: float) -> None:
    """Over the upper half of what it is at most: jobs that failed together do not come back together."""
    found = pauses(failures)
    assert seconds / 2 <= found[0] < seconds * 0.6
    assert seconds * 0.9 < found[-1] <= seconds
    assert len(set(found)) > 100
