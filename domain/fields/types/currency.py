"""The currency field."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from domain.fields import faults
from domain.fields.contract import BadExample, Example, Options, Parser
from domain.fields.numbers import NumberLike, NumberRules, Precision, number_parser, read_number
from domain.fields.widening import SHOWN, UPPER_BOUND


class CurrencyOptions(Options):
    """Options of a currency field."""

    currency_symbol: Annotated[
        str,
        Field(min_length=1, max_length=10, pattern=r"^[^\x00-\x1f\d]+$", description="What clients show beside it."),
        SHOWN,
    ] = "$"
    precision: Annotated[Precision, Field(description="Decimals an amount may have."), UPPER_BOUND] = 2


class CurrencyType(NumberLike[CurrencyOptions]):
    """An amount of money."""

    key = "currency"
    title = "Currency"
    position = 40
    description = "An amount of money, kept exactly; a JSON number without the symbol."
    options_model = CurrencyOptions
    examples = (
        Example(29.99, 29.99),
        Example(-5, -5),
        Example(12.0, 12),
        Example(0.125, 0.125, {"precision": 3}),
        Example("$1,234.50", 1234.5, typecast=True),
        Example("0.125", 0.13, typecast=True),
        Example("CHF 99.90", 99.9, {"currency_symbol": "CHF"}, typecast=True),
    )
    bad_examples = (
        BadExample("29.99", faults.TYPE),
        BadExample(0.125, faults.PRECISION),
        BadExample(1e21, faults.RANGE),
    )

    def parser(self, options: CurrencyOptions, *, typecast: bool = False) -> Parser:
        symbol = options.currency_symbol

        def read(text: str) -> Decimal | None:
            return read_number(text.replace(symbol, "", 1))

        return number_parser(NumberRules(options.precision), typecast=typecast, read=read)
