"""What formulas give where an example of a function does not show it: zones, arrays, the largest formulas."""

from decimal import Decimal

import asyncpg
import pytest

from domain.formulas.checking import check
from domain.formulas.contract import ErrorValue
from domain.formulas.faults import InvalidFormula
from domain.formulas.grammar import parse
from domain.formulas.types import Kind
from tests.domain.formulas.running import compiled, evaluate, source

MOMENT = source("Moment", Kind.DATETIME)
DAY = source("Day", Kind.DATE)
PRICES = source("Prices", Kind.NUMBER, is_array=True)
TAGS = source("Tags", Kind.TEXT, is_array=True)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("HOUR(Moment)", 1),
        ("DATESTR(Moment)", "2024-03-31"),
        ("DATEADD(Moment, 1, 'hours') & ''", "2024-03-31T01:30:00Z"),
        ("DATETIME_DIFF('2024-04-01', Moment, 'hours')", 21),
        ("DATETIME_DIFF('2024-04-01', '2024-03-31', 'days')", 1),
        ("Day = '2024-03-31'", True),
        ("Day <= Moment", True),
        ("Day & ''", "2024-03-31"),
    ],
)
async def test_moments_are_looked_at_in_the_zone(pg: asyncpg.Connection, formula: str, value: object) -> None:
    """In Berlin, at 1:30 in the night in which the clocks go from 2 to 3."""
    record = {MOMENT: "'2024-03-31T00:30:00Z'", DAY: "'2024-03-31'"}

    assert await evaluate(pg, formula, record, zone="Europe/Berlin") == value


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("SUM(Prices, 1)", Decimal("7.5")),
        ("AVERAGE(Prices)", Decimal("3.25")),
        ("MAX(Prices, 1)", 4),
        ("MIN(Prices, 1)", 1),
        ("COUNT(Prices, Tags)", 2),
        ("COUNTALL(Prices, Tags)", 6),
        ("COUNTA(Tags)", 3),
        ("Prices & ''", "2.5, 4"),
        ("ARRAYJOIN(ARRAYUNIQUE(Tags), '/')", "b/a"),
        ("ARRAYSLICE(Tags, -1)", ["b"]),
        ("ARRAYFLATTEN(Prices, 1)", [Decimal("2.5"), None, 4, 1]),
        ("ARRAYCOMPACT(Prices)", [Decimal("2.5"), 4]),
    ],
)
async def test_arrays(pg: asyncpg.Connection, formula: str, value: object) -> None:
    record = {PRICES: "'{2.5,NULL,4}'", TAGS: "'{b,a,b}'"}

    assert await evaluate(pg, formula, record) == value


async def test_an_array_holds_values_of_one_type() -> None:
    with pytest.raises(InvalidFormula, match="ARRAYFLATTEN expects values of one type, not of number and text"):
        check(parse("ARRAYFLATTEN(1, 'a')"), {}.get)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1" + "+1" * 4_999, 5_000),
        ("1" + "-1" * 4_999, -4_998),
        ("LEN('a'" + "&'b'" * 2_400 + ")", 2_401),
        ("(9" + "*9" * 63 + ")", ErrorValue.NUMBER),
        ("0*1" + "/2" * 62, 0),
        ("1" + "=1" * 63, True),
        ("ROUND(" * 60 + "1.26" + ", 1)" * 60, Decimal("1.3")),
        ("MOD(" * 60 + "7" + ", 4)" * 60, 3),
        ("POWER(" * 20 + "1.5" + ", 1)" * 20, Decimal("1.5")),
        ("IF(1, " * 60 + "1/0" + ", 2)" * 60, ErrorValue.DIVISION),
        ("(" * 61 + "1" + "/(2+{f}))" * 61, Decimal(0)),
    ],
    ids=lambda value: str(value)[:20],
)
async def test_the_largest_formulas_are_run(pg: asyncpg.Connection, formula: str, value: object) -> None:
    field = source("f", Kind.NUMBER)
    found = await evaluate(pg, formula, {field: "100000"})

    assert (round(found, 10) if isinstance(found, Decimal) else found) == value


def test_a_formula_that_comes_to_too_much_sql_is_refused() -> None:
    with pytest.raises(InvalidFormula, match=r"characters of SQL; at most 500,000 are allowed\."):
        compiled("POWER(" * 60 + "1.5" + ", 1)" * 60)


@pytest.mark.parametrize(("formula", "reads"), [("TODAY()", True), ("IF(NOW() = '2024-01-01', 1)", True), ("1", False)])
def test_a_formula_that_reads_the_clock_says_so(formula: str, reads: bool) -> None:
    assert compiled(formula).reads_clock is reads
    assert compiled(formula).is_generatable is False


@pytest.mark.parametrize("formula", ["DATEADD('2024-01-01', 1, 'lightyears')", "IS_SAME(NOW(), NOW(), 'fortnight')"])
def test_an_unknown_unit_is_refused(formula: str) -> None:
    with pytest.raises(
        InvalidFormula, match=r"there is no unit '(lightyears|fortnight)'; use one of milliseconds, seconds"
    ):
        check(parse(formula), {}.get)


@pytest.mark.parametrize("unit", ["milliseconds", "s", "minutes", "h", "days", "weeks", "M", "quarters", "years"])
async def test_every_unit_is_known_to_every_function(pg: asyncpg.Connection, unit: str) -> None:
    formula = (
        f"AND(IS_SAME(Moment, Moment, '{unit}'), DATETIME_DIFF(DATEADD(Moment, 7, '{unit}'), Moment, '{unit}') = 7)"
    )

    assert await evaluate(pg, formula, {MOMENT: "'2024-02-10T00:00:00Z'"}) is True
