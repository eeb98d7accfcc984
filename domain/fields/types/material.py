"""The material field."""

from functools import partial
from typing import Any, Final

from domain.fields import faults
from domain.fields.contract import BadExample, Example, FieldType, Options, OrderKey, Parser
from domain.fields.objects import Key, object_parser
from domain.fields.operators import PRESENCE, Conditions, FilterOperator, Operand, list_of, negation
from domain.fields.readable import readable
from domain.fields.storage import encode_json
from domain.fields.texts import SUBSTRING, sort_key, text_parser
from domain.sql import Parameters

MAX_NAME_LENGTH: Final = 255
MAX_DETAIL_LENGTH: Final = 100
_DETAILS: Final = ("grade", "standard", "number", "condition", "finish")
_STEEL: Final = {
    "name": "Stainless steel",
    "grade": "316L",
    "standard": "EN 10088-3",
    "number": "1.4404",
    "condition": "annealed",
}


def _matches(type: FieldType[Any], column: str, operand: Operand, options: Options, parameters: Parameters) -> str:
    """The material has every property of the operand; a text is the name."""
    return f"{column} @> {operand.bind(type.operand_parser(options), 'jsonb')}"


def _matches_one(type: FieldType[Any], column: str, operand: Operand, options: Options, parameters: Parameters) -> str:
    return f"{column} @> ANY({operand.bind(list_of(type.operand_parser(options)), 'jsonb[]')})"


_CONDITIONS: Final[Conditions] = {
    **PRESENCE,
    **SUBSTRING,
    FilterOperator.EQ: _matches,
    FilterOperator.NEQ: negation(_matches),
    FilterOperator.IN: _matches_one,
    FilterOperator.NOT_IN: negation(_matches_one),
}


class MaterialType(FieldType[Options]):
    """What a part is made of."""

    key = "material"
    title = "Material"
    position = 270
    description = (
        "What a part is made of; a JSON object {name, grade, standard, number, condition, finish} of texts, of which "
        "name is needed. EQ takes a name, or an object whose every property must match."
    )
    column_type = "jsonb"
    conditions = _CONDITIONS
    examples = (
        Example({"name": "Aluminium"}, {"name": "Aluminium"}),
        Example(_STEEL, _STEEL),
        Example({"name": "PA6", "finish": ""}, {"name": "PA6"}),
        Example("Oak", {"name": "Oak"}, typecast=True),
        Example(12, {"name": "12"}, typecast=True),
        Example("", None, typecast=True),
    )
    bad_examples = (
        BadExample("Oak", faults.TYPE),
        BadExample({}, faults.MISSING_KEY),
        BadExample({"name": ""}, faults.MISSING_KEY),
        BadExample({"name": 7}, faults.TYPE),
        BadExample({"name": "Oak", "color": "brown"}, faults.UNKNOWN_KEY),
        BadExample({"name": "x" * (MAX_NAME_LENGTH + 1)}, faults.MAX_LENGTH),
        BadExample({"name": "Oak", "grade": "a\x00"}, faults.NUL),
    )

    def parser(self, options: Options, *, typecast: bool = False) -> Parser:
        return partial(_parse, typecast=typecast)

    def operand_parser(self, options: Options) -> Parser:
        return _parse_operand

    def json(self, column: str, options: Options, parameters: Parameters) -> str:
        return f"{column}::text"

    def order(self, column: str, options: Options, parameters: Parameters) -> OrderKey:
        return OrderKey(sort_key(self.text(column, options, parameters)), "text")

    def text(self, column: str, options: Options, parameters: Parameters) -> str:
        """The name and what is known besides, `Stainless steel, 316L, EN 10088-3`."""
        parts = ", ".join(f"{column} ->> '{key}'" for key in ("name", *_DETAILS))
        return f"(CASE WHEN {column} IS NOT NULL THEN concat_ws(', ', {parts}) END)"


_name = Key(text_parser(MAX_NAME_LENGTH), is_required=True)
_details = {key: Key(text_parser(MAX_DETAIL_LENGTH)) for key in _DETAILS}
_read = object_parser("a material", {"name": _name, **_details})
_read_some = object_parser("a material", {"name": Key(text_parser(MAX_NAME_LENGTH)), **_details})


def _parse(value: object, *, typecast: bool) -> dict[str, object] | None:
    if value is None:
        return None
    if typecast and not isinstance(value, dict):
        name = readable(value).strip()
        return _read({"name": name}) if name else None
    return _read(value)


def _parse_operand(value: object) -> str | None:
    """JSON text of the properties to match."""
    if value is None or value == "":
        return None
    wanted = _read_some({"name": value} if isinstance(value, str) else value)
    return encode_json(wanted) if wanted else None
