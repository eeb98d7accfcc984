"""The percent field."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from domain.fields import faults
from domain.fields.contract import BadExample, Example, Options, Parser
from domain.fields.numbers import MAX_PRECISION, NumberLike, NumberRules, number_parser, read_number
from domain.fields.widening import UPPER_BOUND
from domain.sql import Parameters


class PercentOptions(Options):
    """Options of a percent field."""

    precision: Annotated[
        int | None,
        Field(ge=0, le=MAX_PRECISION - 2, description="Decimals of the percentage: with 1, 12.5 % fits; null: any."),
        UPPER_BOUND,
    ] = None


class PercentType(NumberLike[PercentOptions]):
    """A share of a whole."""

    key = "percent"
    title = "Percent"
    position = 50
    description = "A share of a whole, kept as a fraction of any size; a JSON number: 0.5 is 50 %, 1.2 is 120 %."
    options_model = PercentOptions
    examples = (
        Example(0.5, 0.5),
        Example(1, 1),
        Example(-0.125, -0.125),
        Example(0.125, 0.125, {"precision": 1}),
        Example("12.5%", 0.125, typecast=True),
        Example("0.25", 0.25, typecast=True),
        Example("33.333 %", 0.333, {"precision": 1}, typecast=True),
    )
    bad_examples = (
        BadExample("50%", faults.TYPE),
        BadExample(0.1255, faults.PRECISION, {"precision": 1}),
        BadExample(float("-inf"), faults.RANGE),
    )

    def parser(self, options: PercentOptions, *, typecast: bool = False) -> Parser:
        precision = None if options.precision is None else options.precision + 2
        return number_parser(NumberRules(precision), typecast=typecast, read=_read_percentage)

    def text(self, column: str, options: PercentOptions, parameters: Parameters) -> str:
        return f"(trim_scale({column} * 100)::text||'%')"


def _read_percentage(text: str) -> Decimal | None:
    """A fraction from `12.5%` or from a number that is one already."""
    bare = text.strip()
    if not bare.endswith("%"):
        return read_number(bare)
    number = read_number(bare[:-1])
    return None if number is None else number.scaleb(-2)
