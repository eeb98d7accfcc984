"""The currency field's exact rules."""

import pytest
from pydantic import ValidationError

from domain.fields.registry import field_type
from tests.domain.fields.parsing import parse, refusal


def test_amount_has_two_decimals_by_default() -> None:
    assert parse("currency", 0.01) == 0.01
    assert refusal("currency", 0.001).message == "The number may have at most 2 decimals."


def test_symbol_of_the_field_is_read_away() -> None:
    assert parse("currency", "12 kr.", {"currency_symbol": "kr."}, typecast=True) == 12
    assert parse("currency", "-£12.50", typecast=True) == -12.5


@pytest.mark.parametrize("symbol", ["", "x" * 11, "\x00", "1", 7])
def test_impossible_symbol_is_refused(symbol: object) -> None:
    with pytest.raises(ValidationError):
        field_type("currency").parse_options({"currency_symbol": symbol})
