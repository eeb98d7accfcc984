"""Types are checked when a formula is saved; an error says what was expected, and where."""

import pytest

from domain.formulas.checking import check
from domain.formulas.faults import InvalidFormula
from domain.formulas.grammar import parse
from domain.formulas.types import Kind, Type
from tests.domain.formulas.running import source

FIELDS = {
    each.name: each
    for each in (
        source("Number", Kind.NUMBER),
        source("Name", Kind.TEXT),
        source("Done", Kind.BOOLEAN),
        source("Day", Kind.DATE),
        source("Moment", Kind.DATETIME),
        source("Time", Kind.DURATION),
        source("Tags", Kind.TEXT, is_array=True),
        source("Prices", Kind.NUMBER, is_array=True),
    )
}

_UNFIT = "A date can have durations added and other dates taken from it; "


@pytest.mark.parametrize(
    ("formula", "type"),
    [
        ("Number + Done", Type(Kind.NUMBER)),
        ("Number + Done * Time", Type(Kind.DURATION)),
        ("-Time / 2", Type(Kind.DURATION)),
        ("Time / Time", Type(Kind.NUMBER)),
        ("Time * Time", Type(Kind.NUMBER)),
        ("Day + Time - '1/2/2024' - Time", Type(Kind.DURATION)),
        ("Time + Day - Time", Type(Kind.DATETIME)),
        ("Moment - Day + Moment", Type(Kind.DATETIME)),
        ("Name & Number & Day & Tags", Type(Kind.TEXT)),
        ("Day < Moment", Type(Kind.BOOLEAN)),
        ("IF(Name, Day, Moment)", Type(Kind.DATETIME)),
        ("IF(Day, Number, Name)", Type(Kind.TEXT)),
        ("IF(Number, Prices, BLANK())", Type(Kind.NUMBER, True)),
        ("SWITCH(Name, 'a', 1, TRUE)", Type(Kind.NUMBER)),
        ("SUM(Prices, Number)", Type(Kind.NUMBER)),
        ("BLANK()", Type(Kind.BLANK)),
    ],
)
def test_each_formula_has_a_type(formula: str, type: Type) -> None:
    assert check(parse(formula), FIELDS.get).type == type


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("1 + Name", "+ expects a number, not a text. Use VALUE to read a number from a text. (line 1, column 5)"),
        (
            "1 +\n Day",
            "A duration can be added to a date, not a number. Use DATEADD to add days or other units. "
            "(line 1, column 1)",
        ),
        ("Day + Moment", _UNFIT + "a datetime does not fit here. (line 1, column 7)"),
        ("Time - Day", _UNFIT + "a date does not fit here. (line 1, column 8)"),
        (
            'Number = "1"',
            "= compares values of one type, not a number with a text: convert one of them. (line 1, column 8)",
        ),
        (
            "Tags = 'a'",
            "= compares values of one type, not an array of texts with a text: convert one of them. (line 1, column 6)",
        ),
        ("SUM(Tags)", "SUM expects numbers, not an array of texts. (line 1, column 5)"),
        ("ABS()", "ABS takes 1 arguments (number), not 0. (line 1, column 1)"),
        ("IF(1)", "IF takes 2 to 3 arguments (condition, then, otherwise), not 1. (line 1, column 1)"),
        ("AND()", "AND takes at least 1 arguments (condition), not 0. (line 1, column 1)"),
        ("SUMM(1)", "There is no function SUMM. Did you mean 'SUM'? (line 1, column 1)"),
        ("1 + Nothing", "There is no field 'Nothing'. (line 1, column 5)"),
        ("IF(Tags, 1)", "IF expects a boolean, not an array of texts. (line 1, column 4)"),
    ],
)
def test_a_type_error_says_what_was_expected_and_where(formula: str, message: str) -> None:
    with pytest.raises(InvalidFormula) as caught:
        check(parse(formula), FIELDS.get)

    assert caught.value.message == message
