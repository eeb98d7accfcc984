"""Columns of numbers, money and percentages."""

import pytest

from domain.imports.limits import ImportLimits
from tests.domain.imports.files import import_column, import_file


@pytest.mark.parametrize(
    ("texts", "values", "options"),
    [
        (["1", "-2", "0", ""], [1, -2, 0, None], {"precision": 0}),
        (["1.5", "2", "-0.25", ".5"], [1.5, 2, -0.25, 0.5], {"precision": 2}),
        (["1,234.5", "12", "1,234,567"], [1234.5, 12, 1234567], {"precision": 1}),
        (["1.234,5", "12", "1.234.567"], [1234.5, 12, 1234567], {"precision": 1}),
        (["1 234,5", "1\u202f234\u202f567", "0,25"], [1234.5, 1234567, 0.25], {"precision": 2}),
        (["1'234.5", "7"], [1234.5, 7], {"precision": 1}),
        (["1,234", "5,678"], [1234, 5678], {"precision": 0}),
        (["1.234", "5.678"], [1.234, 5.678], {"precision": 3}),
        (["−5", "7"], [-5, 7], {"precision": 0}),
        (["1e-05", "2.5E+10"], [0.00001, 25_000_000_000.0], {}),
        (["31.95376472", "-89.23450472"], [31.95376472, -89.23450472], {}),
        (["5", "n/a", "NULL", "-", " 7 "], [5, None, None, None, 7], {"precision": 0}),
        (["999999999999999", "1"], [999999999999999, 1], {"precision": 0}),
    ],
)
def test_numbers_are_understood(texts: list[str], values: list[object], options: dict[str, object]) -> None:
    result = import_column(texts)
    assert (result.types, result.options("value")) == ({"value": "number"}, options)
    assert result.values("value") == [value for value, text in zip(values, texts, strict=True) if text]


@pytest.mark.parametrize(
    "texts",
    [
        ["00123", "00456"],
        ["1", "02"],
        ["-01", "5"],
        ["1234567890123456", "1"],
        ["4006381333931", "5901234123457"],
        ["0.1234567890123456789", "1"],
        ["1.234,5", "1,234.5"],
        ["1,23,456", "5"],
        ["12,34", "12.34"],
        ["1_000", "2"],
        ["+5", "6"],
        ["1E5", "2E7"],
        ["0x10", "1"],
        ["٣", "٤"],
        ["5 kg", "6 kg"],
        ["1-2", "3"],
        ["1", "2", "three"],
        ["-", "n/a"],
        ["(5)", "(6)"],
    ],
)
def test_codes_and_doubtful_numbers_stay_texts(texts: list[str]) -> None:
    result = import_column(texts)
    assert result.types == {"value": "text"}
    assert result.values("value") == texts


@pytest.mark.parametrize("name", ["zip", "ZIP Code", "homePhone", "postal_code", "EAN"])
def test_whole_numbers_in_columns_named_for_codes_stay_texts(name: str) -> None:
    assert import_column(["12345", "90210"], name).values(name) == ["12345", "90210"]


@pytest.mark.parametrize("name", ["zipped", "count", "hotel", "mobility"])
def test_names_that_only_sound_like_codes_do_not_matter(name: str) -> None:
    assert import_column(["12345", "90210"], name).types == {name: "number"}


def test_ambiguous_numbers_follow_the_other_columns_of_the_file() -> None:
    assert import_file("a;b\n1.234;0,5\n5.678;1,25\n").rows == [[1234, 0.5], [5678, 1.25]]
    assert import_file("a;b\n1.234;0.5\n5.678;1.25\n").rows == [[1.234, 0.5], [5.678, 1.25]]


def test_ambiguous_numbers_follow_the_caller() -> None:
    assert import_column(["1.234", "5.678"], decimal_mark=",").values("value") == [1234, 5678]
    assert import_column(["1,234", "5,678"], decimal_mark=",").values("value") == [1.234, 5.678]
    assert import_column(["1.5", "2.25"], decimal_mark=",").values("value") == [1.5, 2.25]


@pytest.mark.parametrize(
    ("texts", "values", "symbol", "precision"),
    [
        (["$1,234.50", "-$5", "$ 7", "($2.25)"], [1234.5, -5, 7, -2.25], "$", 2),
        (["12,50 €", "1.234 €", "-3 €"], [12.5, 1234, -3], "€", 2),
        (["£0.125", "£1"], [0.125, 1], "£", 3),
        (["₹1", "n/a"], [1, None], "₹", 2),
    ],
)
def test_money_is_understood(texts: list[str], values: list[object], symbol: str, precision: int) -> None:
    result = import_column(texts)
    assert result.types == {"value": "currency"}
    assert result.options("value") == {"currency_symbol": symbol, "precision": precision}
    assert result.values("value") == values


@pytest.mark.parametrize(
    "texts", [["$5", "€5"], ["$5", "5"], ["$", "$5"], ["$5$", "$6$"], ["-($5)", "$1"], ["$a", "$b"]]
)
def test_doubtful_money_stays_text(texts: list[str]) -> None:
    assert import_column(texts).values("value") == texts
    assert import_column(texts).types == {"value": "text"}


@pytest.mark.parametrize(
    ("texts", "values", "options"),
    [
        (["45%", "7 %", "-3%"], [0.45, 0.07, -0.03], {"precision": 0}),
        (["12,5%", "100%"], [0.125, 1], {"precision": 1}),
        (["33.3%", "1,200%"], [0.333, 12], {"precision": 1}),
    ],
)
def test_percentages_become_fractions(texts: list[str], values: list[object], options: dict[str, object]) -> None:
    result = import_column(texts)
    assert (result.types, result.options("value")) == ({"value": "percent"}, options)
    assert result.values("value") == values


def test_later_number_with_more_decimals_is_no_misfit() -> None:
    limits = ImportLimits(sample_rows=2, sample_cells=2)
    result = import_column(["1", "2", "3.75"], limits=limits)
    assert (result.options("value"), result.values("value"), result.problems) == ({}, [1, 2, 3.75], [])
