"""The geometric tolerance (GD&T) field."""

from functools import partial
from typing import Any, Final

from domain.fields import faults
from domain.fields.contract import BadExample, Example, FieldType, Options, OrderKey, Parser
from domain.fields.control_frames import (
    CHARACTERISTICS,
    DATUM,
    MATERIAL_CONDITIONS,
    MAX_DATUMS,
    SYMBOLS,
    frame_text,
    read_frame,
)
from domain.fields.faults import InvalidValue, shown, wrong_type
from domain.fields.numbers import NumberRules, number_parser
from domain.fields.objects import Key, object_parser, one_of, parse_flag
from domain.fields.operators import EQUALITY, PRESENCE, Conditions
from domain.fields.readable import only_item
from domain.fields.storage import encode_json
from domain.fields.texts import SUBSTRING, sort_key
from domain.fields.units import UNITS, units_of
from domain.sql import Parameters

_CONDITIONS: Final[Conditions] = {**PRESENCE, **EQUALITY, **SUBSTRING}
_POSITION: Final = {
    "symbol": "position",
    "tolerance": 0.1,
    "unit": "mm",
    "diameter": True,
    "material_condition": "mmc",
    "datums": [{"datum": "A"}, {"datum": "B", "material_condition": "mmc"}],
}


class GdtType(FieldType[Options]):
    """A feature control frame of geometric dimensioning and tolerancing."""

    key = "gdt"
    title = "GD&T"
    position = 250
    description = (
        "A feature control frame (ASME Y14.5); a JSON object {symbol, tolerance, unit, diameter, material_condition, "
        "datums}, of which symbol and tolerance are needed. The symbol is one of the 14, such as position or flatness; "
        "material_condition is mmc, lmc or rfs; datums are up to 3 letters, or objects {datum, material_condition}."
    )
    column_type = "jsonb"
    conditions = _CONDITIONS
    examples = (
        Example({"symbol": "flatness", "tolerance": 0.05}, {"symbol": "flatness", "tolerance": 0.05}),
        Example(_POSITION, _POSITION),
        Example(
            {"symbol": "⟂", "tolerance": 0.2, "datums": ["A"]},
            {"symbol": "perpendicularity", "tolerance": 0.2, "datums": [{"datum": "A"}]},
        ),
        Example("⌖ | ⌀0.1 mm Ⓜ | A | B Ⓜ", _POSITION, typecast=True),
        Example(
            "total runout 0.02 A-B",
            {"symbol": "total_runout", "tolerance": 0.02, "datums": [{"datum": "A-B"}]},
            typecast=True,
        ),
        Example("", None, typecast=True),
    )
    bad_examples = (
        BadExample("flatness 0.05", faults.TYPE),
        BadExample({"symbol": "flatness"}, faults.MISSING_KEY),
        BadExample({"tolerance": 0.05}, faults.MISSING_KEY),
        BadExample({"symbol": "smoothness", "tolerance": 0.05}, faults.CHOICE),
        BadExample({"symbol": "flatness", "tolerance": -1}, faults.RANGE),
        BadExample({"symbol": "flatness", "tolerance": 1, "unit": "kg"}, faults.UNIT),
        BadExample({"symbol": "flatness", "tolerance": 1, "datums": ["A"]}, faults.MAX_LENGTH),
        BadExample({"symbol": "parallelism", "tolerance": 1}, faults.MISSING_KEY),
        BadExample({"symbol": "position", "tolerance": 1, "datums": ["A", "B", "C", "D"]}, faults.MAX_LENGTH),
        BadExample({"symbol": "position", "tolerance": 1, "datums": ["A", "A"]}, faults.DUPLICATE),
        BadExample({"symbol": "position", "tolerance": 1, "datums": ["I"]}, faults.FORMAT),
        BadExample({"symbol": "circularity", "tolerance": 1, "diameter": True}, faults.CHOICE),
        BadExample({"symbol": "symmetry", "tolerance": 1, "datums": ["A"], "material_condition": "mmc"}, faults.CHOICE),
        BadExample({"symbol": "position", "tolerance": 1, "color": "red"}, faults.UNKNOWN_KEY),
    )

    def parser(self, options: Options, *, typecast: bool = False) -> Parser:
        return partial(_parse, typecast=typecast)

    def operand_parser(self, options: Options) -> Parser:
        """An object, or a text such as `position 0.1 A`; equal when all of it is."""

        def parse(value: object) -> str | None:
            parsed = _parse(value, typecast=True)
            return None if parsed is None else encode_json(parsed)

        return parse

    def json(self, column: str, options: Options, parameters: Parameters) -> str:
        return f"({column} - 'text')::text"

    def order(self, column: str, options: Options, parameters: Parameters) -> OrderKey:
        return OrderKey(sort_key(self.text(column, options, parameters)), "text")

    def text(self, column: str, options: Options, parameters: Parameters) -> str:
        return f"({column} ->> 'text')"


def _parse_unit(value: object) -> str | None:
    if value is None or value == "":
        return None
    unit = UNITS.get(value) if isinstance(value, str) else None
    if unit is None or unit.quantity not in ("length", "angle"):
        raise InvalidValue(
            f"{shown(value)} is not a unit of length. Known are: {', '.join(units_of('length'))}.", faults.UNIT
        )
    return unit.symbol


_read_datum = object_parser(
    "a datum",
    {
        "datum": Key(lambda value: _letters(value), is_required=True),
        "material_condition": Key(one_of(MATERIAL_CONDITIONS, "a material condition")),
    },
)


def _letters(value: object) -> str | None:
    if value is None or value == "":
        return None
    found = DATUM.fullmatch(value) if isinstance(value, str) else None
    if found is None or found["condition"]:
        raise InvalidValue(
            f"{shown(value)} is not a datum: one or two capital letters without I, O and Q, or two of them as in A-B.",
            faults.FORMAT,
        )
    return found["letters"]


def _parse_datums(value: object) -> list[dict[str, object]] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise wrong_type(value, "a list of datums")
    if len(value) > MAX_DATUMS:
        raise InvalidValue(f"There may be at most {MAX_DATUMS} datums, not {len(value)}.", faults.MAX_LENGTH)
    datums: list[dict[str, object]] = []
    for index, item in enumerate(value):
        try:
            datum = _read_datum({"datum": item} if isinstance(item, str) else item)
        except InvalidValue as fault:
            raise fault.inside(index) from None
        if datum["datum"] in (other["datum"] for other in datums):
            raise InvalidValue("Each datum may stand once.", faults.DUPLICATE, (index,))
        datums.append(datum)
    return datums or None


_parse_frame = object_parser(
    "a geometric tolerance",
    {
        "symbol": Key(one_of(SYMBOLS, "a symbol of ASME Y14.5"), is_required=True),
        "tolerance": Key(number_parser(NumberRules(low=0)), is_required=True),
        "unit": Key(_parse_unit),
        "diameter": Key(parse_flag),
        "material_condition": Key(one_of(MATERIAL_CONDITIONS, "a material condition")),
        "datums": Key(_parse_datums),
    },
)


def _parse(value: object, *, typecast: bool) -> dict[str, object] | None:
    if typecast:
        value = only_item(value)
    if value is None:
        return None
    if typecast and isinstance(value, str):
        if not value.strip():
            return None
        value = read_frame(value)
    frame = _parse_frame(value)
    _check_rules(frame)
    return {**frame, "text": frame_text(frame)}


def _check_rules(frame: dict[str, Any]) -> None:
    """What the standard allows with the symbol."""
    name = frame["symbol"]
    kind = CHARACTERISTICS[name]
    datums = len(frame.get("datums", ()))
    if datums > kind.max_datums:
        raise InvalidValue(f"{name} takes at most {kind.max_datums} datums.", faults.MAX_LENGTH, ("datums",))
    if datums < kind.min_datums:
        raise InvalidValue(f"{name} needs a datum.", faults.MISSING_KEY, ("datums",))
    if frame.get("diameter") and not kind.may_be_diameter:
        raise InvalidValue(f"The zone of {name} cannot be a diameter.", faults.CHOICE, ("diameter",))
    if "material_condition" in frame and not kind.may_have_material_condition:
        raise InvalidValue(f"{name} takes no material condition.", faults.CHOICE, ("material_condition",))
