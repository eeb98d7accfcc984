"""The dimension field."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from domain.fields import faults
from domain.fields.contract import BadExample, Example, FieldType, Options, Parser
from domain.fields.faults import InvalidValue, shown, wrong_type
from domain.fields.numbers import NumberRules, exact_decimal, number_parser, plain_number, read_number
from domain.fields.objects import Key, object_parser
from domain.fields.operators import ORDERED, Conditions
from domain.fields.readable import only_item
from domain.fields.texts import SUBSTRING
from domain.fields.tolerances import ToleranceKind, read_tolerance, tolerance_parser, tolerance_text
from domain.fields.units import UNITS, Unit, units_of
from domain.fields.widening import ONE_KIND, Widening
from domain.sql import Parameters

MAX_TEXT: Final = 100
_CONDITIONS: Final[Conditions] = {**ORDERED, **SUBSTRING}
_TOLERANCE = r"[±+−\[(-][±+−\[\]()/\d.,…;\s-]*"
_TEXT = re.compile(
    rf"(?P<number>[+−-]?(?:(?:\d+[\s-]+)?\d+/\d+|(?:\d[\d,]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))\s*(?P<before>{_TOLERANCE})?\s*"
    rf"(?P<unit>(?:Ra )?[^\d\s±+−\[(./,-][^\s±+\[(]*)?\s*(?P<after>{_TOLERANCE})?"
)
_FRACTION = re.compile(r"(?P<sign>[+−-]?)(?:(?P<whole>\d+)[\s-]+)?(?P<above>\d+)/(?P<below>\d+)", re.ASCII)


def _known_unit(symbol: str) -> str:
    unit = UNITS.get(symbol)
    if unit is None:
        lengths = ", ".join(units_of("length"))
        raise ValueError(f"{shown(symbol)} is not a unit. Units of length are {lengths}; there are others, such as kg")
    return unit.symbol


class DimensionOptions(Options):
    """Options of a dimension field."""

    unit: Annotated[
        str,
        AfterValidator(_known_unit),
        Field(description="The unit of plain numbers; values may have any like it."),
        Widening(lambda new, old: UNITS[new].quantity == UNITS[old].quantity),
    ] = "mm"
    tolerance_type: Annotated[
        ToleranceKind | None,
        Field(description="The one type of tolerance that values may have; none: no tolerance; null: any."),
        ONE_KIND,
    ] = None


class DimensionType(FieldType[DimensionOptions]):
    """A measure with a unit and a tolerance; stored with its size in a base unit, by which values compare."""

    key = "dimension"
    title = "Dimension"
    position = 240
    description = (
        "A measure; a JSON object {value, unit, tolerance} or a number in the field's unit. The unit may be any of the "
        "same quantity, and values compare across units: 1 in equals 25.4 mm. A tolerance is {type: symmetric, plus}, "
        "{type: bilateral, plus, minus} or {type: limits, lower, upper}, in the unit of the value."
    )
    options_model = DimensionOptions
    column_type = "jsonb"
    conditions = _CONDITIONS
    examples = (
        Example({"value": 25.4, "unit": "mm"}, {"value": 25.4, "unit": "mm"}),
        Example(12, {"value": 12, "unit": "mm"}),
        Example(0.5, {"value": 0.5, "unit": "kg"}, {"unit": "kg"}),
        Example({"value": 1, "unit": "inch"}, {"value": 1, "unit": "in"}),
        Example(
            {"value": 10, "unit": "mm", "tolerance": {"type": "symmetric", "plus": 0.05}},
            {"value": 10, "unit": "mm", "tolerance": {"type": "symmetric", "plus": 0.05}},
        ),
        Example(
            {"value": 10, "tolerance": {"type": "bilateral", "plus": -0.02, "minus": 0.041}},
            {"value": 10, "unit": "mm", "tolerance": {"type": "bilateral", "plus": -0.02, "minus": 0.041}},
        ),
        Example(
            {"value": 10, "unit": "mm", "tolerance": {"type": "limits", "lower": 9.9, "upper": 10.2}},
            {"value": 10, "unit": "mm", "tolerance": {"type": "limits", "lower": 9.9, "upper": 10.2}},
            {"tolerance_type": "limits"},
        ),
        Example("1 1/2 in", {"value": 1.5, "unit": "in"}, typecast=True),
        Example(
            "25 ±0.1 mm", {"value": 25, "unit": "mm", "tolerance": {"type": "symmetric", "plus": 0.1}}, typecast=True
        ),
        Example("", None, typecast=True),
    )
    bad_examples = (
        BadExample("25.4 mm", faults.TYPE),
        BadExample({"unit": "mm"}, faults.MISSING_KEY),
        BadExample({"value": "1"}, faults.TYPE),
        BadExample({"value": 1, "unit": "parsec"}, faults.UNIT),
        BadExample({"value": 1, "unit": "kg"}, faults.UNIT),
        BadExample({"value": 1, "size": 2}, faults.UNKNOWN_KEY),
        BadExample({"value": 1, "tolerance": {"type": "loose"}}, faults.CHOICE),
        BadExample({"value": 1, "tolerance": {"type": "symmetric", "plus": -1}}, faults.RANGE),
        BadExample({"value": 1, "tolerance": {"type": "limits", "lower": 2, "upper": 1}}, faults.RANGE),
        BadExample({"value": 1, "tolerance": {"type": "symmetric"}}, faults.MISSING_KEY),
        BadExample(
            {"value": 1, "tolerance": {"type": "symmetric", "plus": 1}}, faults.CHOICE, {"tolerance_type": "limits"}
        ),
        BadExample(float("inf"), faults.RANGE),
    )

    def parser(self, options: DimensionOptions, *, typecast: bool = False) -> Parser:
        return partial(_parse, read=_reader(options), typecast=typecast)

    def operand_parser(self, options: DimensionOptions) -> Parser:
        """A number in the field's unit, an object, or a text such as `1 in`; its size in the base unit."""
        parse = self.parser(options, typecast=True)

        def parse_operand(value: object) -> object:
            dimension: Any = None if isinstance(value, bool) else parse(value)
            if dimension is None and value is not None and value != "":
                raise wrong_type(value, "a dimension")
            return dimension and dimension["base"]

        return parse_operand

    def operand_type_for(self, options: DimensionOptions) -> str:
        return "numeric"

    def comparable(self, column: str, options: DimensionOptions, parameters: Parameters) -> str:
        return f"({column} -> 'base')::numeric"

    def comparable_type_for(self, options: DimensionOptions) -> str:
        return "numeric"

    def json(self, column: str, options: DimensionOptions, parameters: Parameters) -> str:
        return f"({column} - '{{base,text}}'::text[])::text"

    def text(self, column: str, options: DimensionOptions, parameters: Parameters) -> str:
        return f"({column} ->> 'text')"


def _reader(options: DimensionOptions) -> Callable[[object], dict[str, object]]:
    """A parser of dimension objects, without what is added for storage."""
    unit = UNITS[options.unit]
    return object_parser(
        "a dimension",
        {
            "value": Key(number_parser(NumberRules()), is_required=True),
            "unit": Key(partial(_parse_unit, default=unit)),
            "tolerance": Key(tolerance_parser(options.tolerance_type)),
        },
    )


def _parse(value: object, read: Callable[[object], dict[str, object]], typecast: bool) -> object:
    if value is None:
        return None
    if typecast:
        value = only_item(value)
    if isinstance(value, str) and typecast:
        value = _read_text(value)
        if value is None:
            return None
    elif isinstance(value, int | float) and not isinstance(value, bool):
        value = {"value": value}
    return _stored(read(value))


def _stored(dimension: dict[str, Any]) -> dict[str, object]:
    """The dimension with its size in the base unit and its text, which stay inside the server."""
    base = UNITS[dimension["unit"]].to_base(exact_decimal(dimension["value"]))
    words = [plain_number(dimension["value"]), dimension["unit"]]
    if "tolerance" in dimension:
        words.append(tolerance_text(dimension["tolerance"]))
    return {**dimension, "base": base, "text": " ".join(words)}


def _parse_unit(value: object, default: Unit) -> str:
    if value is None or value == "":
        return default.symbol
    unit = UNITS.get(value) if isinstance(value, str) else None
    if unit is None or unit.quantity != default.quantity:
        known = ", ".join(units_of(default.quantity))
        raise InvalidValue(f"{shown(value)} is not a unit of {default.quantity}. Known are: {known}.", faults.UNIT)
    return unit.symbol


def _read_text(text: str) -> dict[str, object] | None:
    """The object that `25.4 mm`, `1 1/2 in`, `25 ±0.1 mm` or a number alone stands for; None for the empty text."""
    bare = text.strip()
    if not bare:
        return None
    found = _TEXT.fullmatch(bare) if len(bare) <= MAX_TEXT else None
    if found is None or (found["before"] and found["after"]):
        raise InvalidValue(f"{shown(text)} is not a dimension such as 25.4 mm or 25 ±0.1 mm.", faults.FORMAT)
    tolerance = read_tolerance(found["before"] or found["after"] or "")
    return {"value": float(_read_size(found["number"])), "unit": found["unit"], "tolerance": tolerance}


def _read_size(text: str) -> Decimal:
    """A number, or whole and fraction as on inch rules: `1 1/2`."""
    fraction = _FRACTION.fullmatch(text)
    if fraction is None:
        return read_number(text) or Decimal(0)
    if int(fraction["below"]) == 0:
        raise InvalidValue(f"{shown(text)} divides by zero.", faults.FORMAT)
    size = Decimal(fraction["whole"] or 0) + Decimal(fraction["above"]) / Decimal(fraction["below"])
    return size if fraction["sign"] in ("", "+") else -size
