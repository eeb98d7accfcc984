"""The number field's exact rules."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.fields import faults
from domain.fields.contract import InvalidValue
from domain.fields.registry import field_type
from tests.domain.fields.parsing import parse, refusal


@pytest.mark.parametrize(
    "number", [0, -1, 2**53, -(2**53), 0.1, 1e-30, 123456789.123456789, 1.7976931348623157e20, 99999999999999980000]
)
def test_number_that_a_double_holds_is_taken(number: float) -> None:
    stored = parse("number", number)

    assert isinstance(stored, int | float)
    assert float(stored) == float(number)


def test_minus_zero_is_zero() -> None:
    assert str(parse("number", -0.0)) == "0"


def test_whole_number_that_a_double_cannot_hold_is_refused() -> None:
    assert refusal("number", 2**53 + 1).message == (
        "The number has more digits than a JSON number can hold (about 16): use a text field, or fewer digits."
    )
    assert refusal("number", "0.12345678901234567890", typecast=True).type == faults.PRECISION


def test_limits_are_inclusive() -> None:
    options = {"min": -1.5, "max": 2}

    assert parse("number", -1.5, options) == -1.5
    assert parse("number", 2, options) == 2
    assert refusal("number", -1.51, options).message == "The number must be at least -1.5."
    assert refusal("number", 2.01, options).message == "The number must be at most 2."


def test_negative_numbers_can_be_excluded() -> None:
    assert parse("number", 0, {"allow_negative": False}) == 0
    assert refusal("number", -0.5, {"allow_negative": False}).message == "The number must be at least 0."
    assert parse("number", 3, {"allow_negative": False, "min": -5}) == 3


def test_precision_refuses_strictly_and_rounds_with_typecast() -> None:
    options = {"precision": 2}

    assert parse("number", 1.25, options) == 1.25
    assert refusal("number", 1.255, options).message == "The number may have at most 2 decimals."
    assert parse("number", 1.255, options, typecast=True) == 1.26
    assert parse("number", -1.255, options, typecast=True) == -1.26
    assert parse("number", 2.5, {"precision": 0}, typecast=True) == 3


@given(number=st.floats(-1e6, 1e6) | st.decimals(-(10**6), 10**6, places=3).map(float), precision=st.integers(0, 15))
def test_decimals_are_counted_as_they_are_written(number: float, precision: int) -> None:
    is_short = -int(Decimal(repr(number)).normalize().as_tuple().exponent) <= precision

    try:
        stored = parse("number", number, {"precision": precision})
    except InvalidValue:
        stored = None
    assert stored == (number if is_short else None)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        (" +1,234,567.5 ", 1234567.5),
        ("1'000", 1000),
        ("1 000", 1000),
        ("-$5", -5),
        ("5 €", 5),
        ("−3", -3),
        ("1e3", 1000),
        (".5", 0.5),
    ],
)
def test_text_is_read_as_people_write_numbers(text: str, number: float) -> None:
    assert parse("number", text, typecast=True) == number


@pytest.mark.parametrize(
    "text", ["1,23", "1.234.567", "12a", "0x10", "1_000", "--1", "e5", "٣", "1,2345", "NaN", "inf"]
)
def test_text_that_is_no_number_is_refused(text: str) -> None:
    assert refusal("number", text, typecast=True).type == faults.FORMAT


@pytest.mark.parametrize(
    ("text", "meant"),
    [("12,50", "12.50"), ("€ 99,90", "99.90"), ("1.234,5", "1234.5"), ("-1'000'000,25", "-1000000.25")],
)
def test_a_decimal_comma_is_refused_with_what_may_be_meant(text: str, meant: str) -> None:
    message = f"{text!r} is not a number. Decimals stand behind a point, as in {meant!r}."
    assert refusal("number", text, typecast=True).message == message


@pytest.mark.parametrize("text", ["1,23,4", "a,5", ",", "12,", "1,2345.6", "1" * 40 + ",5"])
def test_of_other_texts_with_commas_nothing_is_guessed(text: str) -> None:
    assert refusal("number", text, typecast=True).message.endswith("is not a number.")


@pytest.mark.parametrize(
    "options",
    [
        {"precision": -1},
        {"precision": 16},
        {"precision": "2"},
        {"min": 2, "max": 1},
        {"max": -1, "allow_negative": False},
        {"min": float("nan")},
        {"max": float("inf")},
        {"max": 1e21},
    ],
    ids=str,
)
def test_impossible_options_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        field_type("number").parse_options(options)
