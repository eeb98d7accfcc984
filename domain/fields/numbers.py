"""What the numeric types share: which JSON numbers are taken, how texts become numbers, and how numbers come out.

A value is stored as PostgreSQL's exact `numeric`, but it is written and read as a JSON number, which most programs
hold as a double. So exactly those numbers are taken that a double holds: what one client writes, every other reads.
"""

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Annotated, Final, Generic

from pydantic import Field

from domain.fields import faults
from domain.fields.aggregates import NUMERIC
from domain.fields.contract import FieldType, OptionsT, Parser
from domain.fields.faults import InvalidValue, shown, wrong_type
from domain.fields.operators import ORDERED, Conditions
from domain.fields.readable import only_item
from domain.fields.texts import SUBSTRING
from domain.sql import Parameters

MAX_MAGNITUDE: Final = 10**21
"""Numbers must be smaller than this; from here on JavaScript writes them with an exponent."""
MAX_EXACT_INTEGER: Final = 2**53
"""Up to here a double holds every whole number."""
MAX_PRECISION: Final = 15
MAX_DECIMALS: Final = 30
_SMALLEST_QUICK: Final = 1e-13
"""A double of at least this size has at most MAX_DECIMALS decimals, so nobody has to count them."""

Precision = Annotated[int, Field(ge=0, le=MAX_PRECISION)]

_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}([,' \u00a0\u202f]\d{3})+(\.\d*)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}([.' \u00a0\u202f]\d{3})+),\d+", re.ASCII)
_COMMA_SEPARATORS = re.compile(r"[.' \u00a0\u202f]")
_SEPARATORS = re.compile(r"[,' \u00a0\u202f]")
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class NumberRules:
    """Which numbers a field takes; `precision` is the number of decimals, None for as many as there are."""

    precision: int | None = None
    low: float | int = -MAX_MAGNITUDE
    high: float | int = MAX_MAGNITUDE


def number_parser(
    rules: NumberRules, *, typecast: bool = False, read: Callable[[str], Decimal | None] | None = None
) -> Parser:
    """A parser from JSON numbers to int or float; with `typecast`, of texts too, by `read` (see `read_number`)."""
    scale = 10.0 ** (rules.precision or 0)
    is_exact = rules.precision is not None
    quick = MAX_EXACT_INTEGER / scale
    low, high = max(rules.low, -quick), min(rules.high, quick)
    integer_low, integer_high = max(rules.low, -MAX_EXACT_INTEGER), min(rules.high, MAX_EXACT_INTEGER)

    def parse(value: object) -> object:
        if type(value) is int:
            if integer_low <= value <= integer_high:
                return value
        elif type(value) is float:
            if (
                low <= value <= high
                and (value >= _SMALLEST_QUICK or value <= -_SMALLEST_QUICK)
                and (not is_exact or round(value * scale) / scale == value)
            ):
                return int(value) if value.is_integer() else value
        elif value is None:
            return None
        return _parse_slowly(value, rules, (read or read_number) if typecast else None)

    return parse


def _parse_slowly(value: object, rules: NumberRules, read: Callable[[str], Decimal | None] | None) -> object:
    """The whole rules, for what the quick path does not settle: odd numbers, and texts where `read` is given."""
    number = _as_decimal(value if read is None else only_item(value), read)
    if number is None:
        return None
    if read is not None and rules.precision is not None:
        number = rounded(number, rules.precision)
    _check_decimals(number, rules.precision)
    _check_range(number, rules)
    return json_number(number)


def _as_decimal(value: object, read: Callable[[str], Decimal | None] | None) -> Decimal | None:
    if isinstance(value, bool):
        if read is None:
            raise wrong_type(value, "a number")
        return Decimal(int(value))
    if isinstance(value, int):
        if abs(value) >= MAX_MAGNITUDE:
            raise _too_large()
        return Decimal(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise InvalidValue("The number must be finite.", faults.RANGE)
        return Decimal(repr(value))
    if read is None or not isinstance(value, str):
        raise wrong_type(value, "a number")
    return read(value)


def read_number(text: str) -> Decimal | None:
    """A number as people write it: `1234.5`, `1,234.50`, `-3e5`, `$ 12`, `12 €`; None for the empty text."""
    bare = text.strip()
    if not bare:
        return None
    bare = _without_currency(bare).replace("−", "-")
    if _GROUPED.fullmatch(bare):
        bare = _SEPARATORS.sub("", bare)
    if len(bare) > 400 or not _PLAIN.fullmatch(bare):
        raise InvalidValue(f"{shown(text)} is not a number.{_comma_hint(bare)}", faults.FORMAT)
    return Decimal(bare)


def _comma_hint(bare: str) -> str:
    """A sentence, behind a space, for a number with a decimal comma, which is not guessed at; else nothing."""
    if len(bare) > 40 or not _DECIMAL_COMMA.fullmatch(bare):
        return ""
    whole, _, decimals = bare.rpartition(",")
    return f" Decimals stand behind a point, as in '{_COMMA_SEPARATORS.sub('', whole)}.{decimals}'."


def _without_currency(text: str) -> str:
    """`$5`, `-$5`, `5 €` without the sign of the currency."""
    sign, rest = (text[0], text[1:].lstrip()) if text[0] in "+-−" else ("", text)
    if rest and unicodedata.category(rest[0]) == "Sc":
        rest = rest[1:].lstrip()
    elif rest and unicodedata.category(rest[-1]) == "Sc":
        rest = rest[:-1].rstrip()
    return sign + rest


def rounded(number: Decimal, decimals: int) -> Decimal:
    """The number with at most `decimals` decimals; a half goes away from zero, as in PostgreSQL."""
    if -int(number.as_tuple().exponent) <= decimals or number.adjusted() > MAX_PRECISION * 2:
        return number
    return number.quantize(Decimal(1).scaleb(-decimals), context=_CONTEXT)


def _check_decimals(number: Decimal, precision: int | None) -> None:
    limit = MAX_DECIMALS if precision is None else precision
    if -int(number.normalize(_CONTEXT).as_tuple().exponent) > limit:
        raise InvalidValue(f"The number may have at most {limit} decimals.", faults.PRECISION)


def _check_range(number: Decimal, rules: NumberRules) -> None:
    if abs(number) >= MAX_MAGNITUDE:
        raise _too_large()
    if number < exact_decimal(rules.low):
        raise InvalidValue(f"The number must be at least {plain(exact_decimal(rules.low))}.", faults.RANGE)
    if number > exact_decimal(rules.high):
        raise InvalidValue(f"The number must be at most {plain(exact_decimal(rules.high))}.", faults.RANGE)
    if exact_decimal(float(number)) != number:
        raise InvalidValue(
            "The number has more digits than a JSON number can hold (about 16): use a text field, or fewer digits.",
            faults.PRECISION,
        )


def _too_large() -> InvalidValue:
    return InvalidValue("The number must be smaller than 1e21.", faults.RANGE)


def json_number(number: Decimal) -> int | float:
    """The JSON number of a decimal that a double holds; whole where it is whole."""
    value = float(number)
    return int(value) if value.is_integer() and abs(value) <= MAX_EXACT_INTEGER else value


def exact_decimal(number: float | int) -> Decimal:
    """The decimal that is written as this number, `0.1` for 0.1."""
    return Decimal(number) if isinstance(number, int) else Decimal(repr(number))


def plain(number: Decimal) -> str:
    """The number without an exponent and without zeros behind the point."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain_number(value: object) -> str:
    """The text of a JSON number that a parser of this module has returned."""
    assert isinstance(value, int | float)
    return plain(exact_decimal(value))


def operand_number(value: object) -> Decimal | None:
    """The number of a filter, exactly as written; the limits of a field do not bind it."""
    number = _as_decimal(value, None)
    if number is not None and abs(number) >= MAX_MAGNITUDE:
        raise _too_large()
    return number


NUMBER_CONDITIONS: Final[Conditions] = {**ORDERED, **SUBSTRING}
"""What fits a number; CONTAINS and its kin look at its plain text."""


class NumberLike(FieldType[OptionsT], Generic[OptionsT]):
    """A type whose column is `numeric` and whose JSON value is a plain number."""

    column_type = "numeric"
    conditions = NUMBER_CONDITIONS
    aggregates = NUMERIC

    def operand_parser(self, options: OptionsT) -> Parser:
        return operand_number

    def json(self, column: str, options: OptionsT, parameters: Parameters) -> str:
        return f"trim_scale({column})::text"

    def text(self, column: str, options: OptionsT, parameters: Parameters) -> str:
        return f"trim_scale({column})::text"
