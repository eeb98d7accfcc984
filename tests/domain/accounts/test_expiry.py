"""When credentials end."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.accounts.expiry import clean_expiry
from domain.errors import ValidationFailed

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 5, 1, 12, 0, 1, tzinfo=UTC)


def test_no_expiry_stays_none() -> None:
    assert clean_expiry(None, NOW) is None


def test_a_future_moment_is_kept() -> None:
    assert clean_expiry(LATER, NOW) == LATER


@pytest.mark.parametrize("moment", [NOW, NOW - timedelta(days=1), datetime.min.replace(tzinfo=UTC)])
def test_a_moment_that_is_not_in_the_future_is_refused(moment: datetime) -> None:
    with pytest.raises(ValidationFailed) as caught:
        clean_expiry(moment, NOW)

    [problem] = caught.value.problems
    assert problem.loc == ("expiresAt",)
    assert problem.message == "expiresAt must lie in the future: after 2026-05-01T12:00:00+00:00."
