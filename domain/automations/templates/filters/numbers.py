"""Filters for numbers."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from domain.automations.templates.faults import Unfit
from domain.automations.templates.filters.contract import Filter, Parameter

MOST_DIGITS: Final = 15
"""Decimals that a number is rounded to; or places before the point."""


def number_of(value: object) -> Decimal:
    """A number as it is counted with; raises `Unfit` for what is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise Unfit("it takes a number")
    number = Decimal(str(value))
    if not number.is_finite() or abs(number.adjusted()) > 100:
        raise Unfit("it takes a number that is not that large")
    return number


def _round(value: object, digits: int) -> object:
    if abs(digits) > MOST_DIGITS:
        raise Unfit(f"it takes {-MOST_DIGITS} to {MOST_DIGITS} digits")
    number = number_of(value)
    scaled = number.scaleb(digits).to_integral_value(ROUND_HALF_UP).scaleb(-digits)
    if digits <= 0:
        return int(scaled)
    return scaled if isinstance(value, Decimal) else float(scaled)


FILTERS: Final = (
    Filter(
        "round",
        "Rounded to so many decimals, halves away from zero; to tens and hundreds by -1 and -2.",
        _round,
        (Parameter("digits", "whole number", 0),),
    ),
)
