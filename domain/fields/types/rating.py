"""The rating field."""

import re
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import Field

from domain.fields import faults
from domain.fields.aggregates import NUMERIC
from domain.fields.contract import BadExample, Example, FieldType, Options, Parser
from domain.fields.faults import wrong_type
from domain.fields.numbers import NumberRules, number_parser, read_number
from domain.fields.operators import ORDERED
from domain.fields.widening import SHOWN, UPPER_BOUND

MAX_RATING: Final = 10
_OUT_OF = re.compile(r"(\d{1,2})\s*/\s*\d{1,2}", re.ASCII)
_STARS = re.compile(r"([★⭐♥❤]\ufe0f?)+[☆♡]*")


class RatingOptions(Options):
    """Options of a rating field."""

    max: Annotated[int, Field(ge=1, le=MAX_RATING, description="The highest rating; the lowest is 1."), UPPER_BOUND] = 5
    icon: Annotated[
        Literal["star", "heart", "thumbs_up", "flag", "circle", "bolt", "fire"],
        Field(description="What clients show as many times as the rating."),
        SHOWN,
    ] = "star"


class RatingType(FieldType[RatingOptions]):
    """A number of stars."""

    key = "rating"
    title = "Rating"
    position = 210
    description = "A whole number from 1 to the field's max (5 by default, 10 at most); a JSON number, null for none."
    options_model = RatingOptions
    column_type = "integer"
    conditions = ORDERED
    aggregates = NUMERIC
    examples = (
        Example(4, 4),
        Example(5.0, 5),
        Example(10, 10, {"max": 10}),
        Example("4", 4, typecast=True),
        Example("3/5", 3, typecast=True),
        Example("★★★☆☆", 3, typecast=True),
        Example(2.5, 3, typecast=True),
        Example(0, None, typecast=True),
        Example(True, 1, typecast=True),
    )
    bad_examples = (
        BadExample(0, faults.RANGE),
        BadExample(6, faults.RANGE),
        BadExample(2.5, faults.PRECISION),
        BadExample("4", faults.TYPE),
        BadExample(True, faults.TYPE),
    )

    def parser(self, options: RatingOptions, *, typecast: bool = False) -> Parser:
        return _loose_parser(options.max) if typecast else number_parser(NumberRules(0, 1, options.max))

    def operand_parser(self, options: RatingOptions) -> Parser:
        return _operand

    @property
    def is_searchable(self) -> bool:
        return False


def _operand(value: object) -> int | None:
    """Any whole number that PostgreSQL's integer holds."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**31:
        return int(value)
    raise wrong_type(value, "a whole number")


def _loose_parser(maximum: int) -> Parser:
    parse = number_parser(NumberRules(0, 0, maximum), typecast=True, read=_read_rating)
    return lambda value: parse(value) or None


def _read_rating(text: str) -> Decimal | None:
    """A number, `3/5`, or stars."""
    bare = text.strip()
    if out_of := _OUT_OF.fullmatch(bare):
        return Decimal(out_of.group(1))
    if _STARS.fullmatch(bare):
        return Decimal(sum(bare.count(star) for star in "★⭐♥❤"))
    return read_number(bare)
