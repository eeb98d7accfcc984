"""The number field."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.fields import faults
from domain.fields.contract import BadExample, Example, Options, Parser
from domain.fields.numbers import MAX_MAGNITUDE, NumberLike, NumberRules, Precision, number_parser
from domain.fields.widening import LOWER_BOUND, PERMISSION, UPPER_BOUND

Bound = Annotated[int | float, Field(gt=-MAX_MAGNITUDE, lt=MAX_MAGNITUDE, allow_inf_nan=False)]


class NumberOptions(Options):
    """Options of a number field."""

    precision: Annotated[Precision | None, Field(description="Decimals a value may have; null: any."), UPPER_BOUND] = (
        None
    )
    allow_negative: Annotated[bool, Field(description="Whether numbers below 0 are taken."), PERMISSION] = True
    min: Annotated[Bound | None, Field(description="The smallest number that is taken."), LOWER_BOUND] = None
    max: Annotated[Bound | None, Field(description="The largest number that is taken."), UPPER_BOUND] = None

    @model_validator(mode="after")
    def _check_bounds(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min may not be larger than max")
        if not self.allow_negative and self.max is not None and self.max < 0:
            raise ValueError("max is negative, but allow_negative is false")
        return self

    @property
    def rules(self) -> NumberRules:
        """The options as the parser wants them."""
        low = -MAX_MAGNITUDE if self.min is None else self.min
        return NumberRules(
            precision=self.precision,
            low=low if self.allow_negative else max(low, 0),
            high=MAX_MAGNITUDE if self.max is None else self.max,
        )


class NumberType(NumberLike[NumberOptions]):
    """An exact decimal number."""

    key = "number"
    title = "Number"
    position = 30
    description = "A whole or decimal number, kept exactly; a JSON number below 1e21 in size."
    options_model = NumberOptions
    examples = (
        Example(12.5, 12.5),
        Example(5.0, 5),
        Example(-0.1, -0.1),
        Example(9007199254740992, 9007199254740992),
        Example(1.5e20, 150000000000000000000),
        Example(2.25, 2.25, {"precision": 2}),
        Example("1,234.565", 1234.57, {"precision": 2}, typecast=True),
        Example("-2.5", -3, {"precision": 0}, typecast=True),
        Example("$ 12", 12, typecast=True),
        Example(True, 1, typecast=True),
        Example("", None, typecast=True),
    )
    bad_examples = (
        BadExample("12", faults.TYPE),
        BadExample(True, faults.TYPE),
        BadExample(float("nan"), faults.RANGE),
        BadExample(float("inf"), faults.RANGE),
        BadExample(1e21, faults.RANGE),
        BadExample(10**400, faults.RANGE),
        BadExample(9007199254740993, faults.PRECISION),
        BadExample(1e-31, faults.PRECISION),
        BadExample(1.25, faults.PRECISION, {"precision": 1}),
        BadExample(-1, faults.RANGE, {"allow_negative": False}),
        BadExample(4, faults.RANGE, {"min": 5}),
        BadExample(6.5, faults.RANGE, {"max": 6}),
    )

    def parser(self, options: NumberOptions, *, typecast: bool = False) -> Parser:
        return number_parser(options.rules, typecast=typecast)
