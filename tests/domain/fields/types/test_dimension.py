"""The dimension field's exact rules."""

from decimal import Decimal

import asyncpg
import pytest
from pydantic import ValidationError

from domain.fields import faults
from domain.fields.operators import FilterOperator
from domain.fields.registry import field_type
from domain.fields.units import UNITS
from tests.domain.fields.column import make_column
from tests.domain.fields.parsing import parse, refusal


async def test_values_compare_across_units(connection: asyncpg.Connection) -> None:
    column = await make_column(
        connection, "dimension", {"unit": "cm"}, 2.54, {"value": 1, "unit": "in"}, {"value": 1, "unit": "ft"}, None
    )

    assert await column.output() == [
        {"value": 2.54, "unit": "cm"},
        {"value": 1, "unit": "in"},
        {"value": 1, "unit": "ft"},
        None,
    ]
    assert await column.matching(FilterOperator.EQ, {"value": 25.4, "unit": "mm"}) == {0, 1}
    assert await column.matching(FilterOperator.EQ, "1 in") == {0, 1}
    assert await column.matching(FilterOperator.GT, 2.54) == {2}
    assert await column.matching(FilterOperator.IN, [2.54, {"value": 12, "unit": "in"}]) == {0, 1, 2}
    assert await column.ordered() == [3, 0, 1, 2]


async def test_operand_of_another_quantity_is_refused(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "dimension", {}, 1)

    with pytest.raises(ValueError, match="'kg' is not a unit of length"):
        await column.matching(FilterOperator.EQ, {"value": 1, "unit": "kg"})


@pytest.mark.parametrize(
    ("value", "unit", "base"),
    [
        ("1", "in", "25.4"),
        ("1", "thou", "0.0254"),
        ("1", "lb", "453.59237"),
        ("100", "°C", "671.67"),
        ("212", "°F", "671.67"),
        ("373.15", "K", "671.67"),
        ("90", "deg", "324000"),
        ("1", "lbf", "4.4482216152605"),
        ("1e20", "rad", "20626480624709635515647335.73"),
        ("1e-30", "nm", "0.000000000000000000000000000000000001"),
    ],
)
def test_units_convert_exactly(value: str, unit: str, base: str) -> None:
    converted = UNITS[unit].to_base(Decimal(value))

    assert format(converted, "f")[: len(base)] == base


def test_every_unit_belongs_to_a_quantity_with_a_base() -> None:
    for quantity in {unit.quantity for unit in UNITS.values()}:
        assert any(unit.factor == 1 and unit.offset == 0 for unit in UNITS.values() if unit.quantity == quantity)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("25.4", {"value": 25.4, "unit": "mm"}),
        ("-3/4 in", {"value": -0.75, "unit": "in"}),
        ('1-1/2"', {"value": 1.5, "unit": "in"}),
        ("1,234.5 mm", {"value": 1234.5, "unit": "mm"}),
        ("10 µm", {"value": 10, "unit": "µm"}),
        ("10mm +0.2/-0.1", {"value": 10, "unit": "mm", "tolerance": {"type": "bilateral", "plus": 0.2, "minus": 0.1}}),
        (
            "10 -0.02/-0.041",
            {"value": 10, "unit": "mm", "tolerance": {"type": "bilateral", "plus": -0.02, "minus": 0.041}},
        ),
        (
            "10 mm [9.9..10.2]",
            {"value": 10, "unit": "mm", "tolerance": {"type": "limits", "lower": 9.9, "upper": 10.2}},
        ),
        ("10 +/- 1 mm", {"value": 10, "unit": "mm", "tolerance": {"type": "symmetric", "plus": 1}}),
    ],
)
async def test_text_is_read_as_drawings_have_it(
    connection: asyncpg.Connection, text: str, value: dict[str, object]
) -> None:
    column = await make_column(connection, "dimension")

    await column.insert([text], typecast=True)
    assert await column.output() == [value]
    await column.insert(await column.texts(), typecast=True)
    assert await column.output() == [value, value]


@pytest.mark.parametrize("text", ["long", "1/0 in", "10 ±", "10 mm ± 1 ± 2", "1 2 mm", "x" * 200, "10 [1..2"])
def test_text_that_is_no_dimension_is_refused(text: str) -> None:
    assert refusal("dimension", text, typecast=True).type in (faults.FORMAT, faults.UNIT)


def test_fault_inside_the_tolerance_is_located() -> None:
    value = {"value": 1, "tolerance": {"type": "symmetric", "plus": "much"}}

    assert refusal("dimension", value).loc == ("tolerance", "plus")


def test_field_can_exclude_tolerances() -> None:
    value = {"value": 1, "tolerance": {"type": "symmetric", "plus": 1}}

    assert parse("dimension", {"value": 1, "tolerance": {"type": "none"}}, {"tolerance_type": "none"})
    assert refusal("dimension", value, {"tolerance_type": "none"}).loc == ("tolerance", "type")


def test_unknown_unit_is_no_option() -> None:
    with pytest.raises(ValidationError, match="'parsec' is not a unit"):
        field_type("dimension").parse_options({"unit": "parsec"})
    assert field_type("dimension").parse_options({"unit": "inch"}).unit == "in"
