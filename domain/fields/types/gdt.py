"""The geometric tolerance (GD&T) field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from domain.fields import faults
from domain.fields.contract import BadExample, Example, FieldType, Options, OrderKey, Parser
from domain.fields.faults import InvalidValue, shown, wrong_type
from domain.fields.numbers import NumberRules, number_parser, plain_number
from domain.fields.objects import Key, object_parser, one_of, parse_flag
from domain.fields.operators import EQUALITY, PRESENCE, Conditions
from domain.fields.storage import encode_json
from domain.fields.texts import SUBSTRING, sort_key
from domain.fields.units import UNITS, units_of
from domain.sql import Parameters

MAX_DATUMS: Final = 3
MAX_TEXT: Final = 200


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One of the 14 symbols of ASME Y14.5, and what may stand with it in a feature control frame."""

    sign: str
    min_datums: int = 0
    max_datums: int = MAX_DATUMS
    may_be_diameter: bool = False
    may_have_material_condition: bool = False


CHARACTERISTICS: Final[Mapping[str, Characteristic]] = {
    "straightness": Characteristic("⏤", 0, 0, True, True),
    "flatness": Characteristic("⏥", 0, 0, False, True),
    "circularity": Characteristic("○", 0, 0),
    "cylindricity": Characteristic("⌭", 0, 0),
    "profile_of_a_line": Characteristic("⌒"),
    "profile_of_a_surface": Characteristic("⌓"),
    "angularity": Characteristic("∠", 1, MAX_DATUMS, True, True),
    "perpendicularity": Characteristic("⟂", 1, MAX_DATUMS, True, True),
    "parallelism": Characteristic("∥", 1, MAX_DATUMS, True, True),
    "position": Characteristic("⌖", 0, MAX_DATUMS, True, True),
    "concentricity": Characteristic("◎", 1, MAX_DATUMS, True),
    "symmetry": Characteristic("⌯", 1, MAX_DATUMS),
    "circular_runout": Characteristic("↗", 1, 2),
    "total_runout": Characteristic("⌰", 1, 2),
}
"""By the value of `symbol`."""
_CONDITION_SIGNS: Final = {"mmc": "Ⓜ", "lmc": "Ⓛ", "rfs": "Ⓢ"}

_SYMBOLS: Final = {
    **{name: name for name in CHARACTERISTICS},
    **{name.replace("_", " "): name for name in CHARACTERISTICS},
    **{kind.sign: name for name, kind in CHARACTERISTICS.items()},
    "roundness": "circularity",
    "line_profile": "profile_of_a_line",
    "surface_profile": "profile_of_a_surface",
    "coaxiality": "concentricity",
    "runout": "circular_runout",
}
"""The symbol for each way to name it."""
_MATERIAL_CONDITIONS: Final = {
    **{name: name for name in _CONDITION_SIGNS},
    **{name.upper(): name for name in _CONDITION_SIGNS},
    **{sign: name for name, sign in _CONDITION_SIGNS.items()},
    "M": "mmc",
    "L": "lmc",
    "S": "rfs",
}
_DATUM = re.compile(r"(?P<letters>[A-HJ-NPR-Z]{1,2}(?:-[A-HJ-NPR-Z]{1,2})?)\s*(?P<condition>[ⓂⓁⓈ]?)")
_FRAME = re.compile(
    r"(?P<symbol>[a-z_ ]+?|[^\w\s|])[\s|]+(?P<diameter>[⌀Øø∅]\s*)?(?P<tolerance>\d+\.?\d*|\.\d+)\s*(?P<unit>[^\W\d_ⓂⓁⓈ]+)?\s*"
    r"(?P<condition>[ⓂⓁⓈ]|\((?:M|L|S)\))?(?P<datums>(?:[\s|]+[A-Z][A-Z-]*\s?[ⓂⓁⓈ]?)*)[\s|]*"
)
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
        "material_condition": Key(one_of(_MATERIAL_CONDITIONS, "a material condition")),
    },
)


def _letters(value: object) -> str | None:
    if value is None or value == "":
        return None
    found = _DATUM.fullmatch(value) if isinstance(value, str) else None
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


_read_frame = object_parser(
    "a geometric tolerance",
    {
        "symbol": Key(one_of(_SYMBOLS, "a symbol of ASME Y14.5"), is_required=True),
        "tolerance": Key(number_parser(NumberRules(low=0)), is_required=True),
        "unit": Key(_parse_unit),
        "diameter": Key(parse_flag),
        "material_condition": Key(one_of(_MATERIAL_CONDITIONS, "a material condition")),
        "datums": Key(_parse_datums),
    },
)


def _parse(value: object, *, typecast: bool) -> dict[str, object] | None:
    if typecast and isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is None:
        return None
    if typecast and isinstance(value, str):
        if not value.strip():
            return None
        value = _read_text(value)
    frame = _read_frame(value)
    _check_rules(frame)
    return {**frame, "text": _frame_text(frame)}


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


def _frame_text(frame: dict[str, Any]) -> str:
    """The frame in one line, as a drawing has it: `⌖ ⌀0.1 mm Ⓜ | A | B Ⓜ`."""
    zone = "⌀" * bool(frame.get("diameter")) + plain_number(frame["tolerance"])
    words = [CHARACTERISTICS[frame["symbol"]].sign, zone, frame.get("unit", ""), _sign(frame)]
    boxes = [" ".join(word for word in words if word)]
    boxes += [f"{datum['datum']} {_sign(datum)}".strip() for datum in frame.get("datums", ())]
    return " | ".join(boxes)


def _sign(part: dict[str, Any]) -> str:
    return _CONDITION_SIGNS.get(part.get("material_condition", ""), "")


def _read_text(text: str) -> dict[str, object]:
    """The object of a frame in one line, with boxes or without: `position 0.1 A B`."""
    found = _FRAME.fullmatch(text.strip()) if len(text) <= MAX_TEXT else None
    if found is None:
        raise InvalidValue(
            f"{shown(text)} is not a geometric tolerance such as ⌖ ⌀0.1 Ⓜ | A | B or flatness 0.05.", faults.FORMAT
        )
    datums = [
        {"datum": datum["letters"], "material_condition": datum["condition"] or None}
        for datum in _DATUM.finditer(found["datums"])
    ]
    return {
        "symbol": found["symbol"],
        "tolerance": float(found["tolerance"]),
        "unit": found["unit"],
        "diameter": True if found["diameter"] else None,
        "material_condition": (found["condition"] or "").strip("()") or None,
        "datums": datums,
    }
