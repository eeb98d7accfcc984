"""When a credential ends."""

from datetime import datetime, timedelta

from domain.errors import Problem, ValidationFailed


def clean_expiry(expires_at: datetime | None, now: datetime, *, loc: str = "expiresAt") -> datetime | None:
    """The moment, which must be later than `now`; None stays None. Raises `ValidationFailed`."""
    if expires_at is not None and expires_at <= now:
        message = f"{loc} must lie in the future: after {now.isoformat(timespec='seconds')}."
        raise ValidationFailed([Problem((loc,), message, "value_error.range")])
    return expires_at


def clean_overlap(overlap: timedelta, *, most: timedelta, loc: str = "overlapSeconds") -> timedelta:
    """How long a credential goes on beside its successor, from nothing to `most`. Raises `ValidationFailed`."""
    if not timedelta(0) <= overlap <= most:
        message = f"{loc} lies between 0 and {most.total_seconds():,.0f}."
        raise ValidationFailed([Problem((loc,), message, "value_error.range")])
    return overlap
