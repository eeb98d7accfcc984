"""How often an API key may be used."""

from typing import Final

from domain.errors import Problem, ValidationFailed

MAX_RATE: Final = 1_000_000


def clean_rate(per_minute: int | None, *, loc: str = "rateLimitPerMinute") -> int | None:
    """The number of requests a minute, from 1 to `MAX_RATE`; None stays None. Raises `ValidationFailed`."""
    if per_minute is not None and not 1 <= per_minute <= MAX_RATE:
        message = f"{loc} lies between 1 and {MAX_RATE:,}, or is null for what the server allows."
        raise ValidationFailed([Problem((loc,), message, "value_error.range")])
    return per_minute
