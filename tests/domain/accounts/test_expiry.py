"""When credentials end."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from domain.accounts.expiry import clean_expiry
from domain.errors import ValidationFailed

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 5, 1, 12, 0, 1, tzinfo=UTC)


def test_no_expiry_stays_none() -> None:
    assert clean_expiry(None, NOW) is None


def test_a_future_moment_is_kept_in_utc() -> None:
    kept = clean_expiry(LATER.astimezone(timezone(timedelta(hours=-5))), NOW)

    assert kept == LATER
    assert kept.tzinfo is UTC


@pytest.mark.parametrize("moment", [NOW, NOW - timedelta(days=1), datetime.min.replace(tzinfo=UTC)])
def test_a_moment_that_is_not_in_the_future_is_refused(moment: datetime) -> None:
    with pytest.raises(ValidationFailed) as caught:
        clean_expiry(moment, NOW)

    [problem] = caught.value.problems
    assert problem.loc == ("expiresAt",)
    assert problem.message == "expiresAt must lie in the future: after 2026-05-01T12:00:00+00:00."


@pytest.mark.parametrize(
    "moment",
    [
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
    ],
)
def test_a_moment_outside_the_calendar_is_refused(moment: datetime) -> None:
    with pytest.raises(ValidationFailed) as caught:
        clean_expiry(moment, NOW)

    assert caught.value.problems[0].message == "expiresAt must lie between the years 1 and 9999 in UTC."
