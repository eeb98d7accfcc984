"""The single-select field."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from domain.fields import faults
from domain.fields.choices import ChoiceOptions, choice_id, find_choice_id, ids_constant, names_constant
from domain.fields.contract import BadExample, Example, FieldType, OrderKey, Parser
from domain.fields.faults import InvalidValue
from domain.fields.operators import (
    EQUALITY,
    PRESENCE,
    Condition,
    Conditions,
    FilterOperator,
    Operand,
    is_in,
    negation,
)
from domain.fields.readable import readable
from domain.fields.storage import encode_json
from domain.fields.texts import SUBSTRING
from domain.sql import Parameters, quote_text

_STAGES: Final = {"choices": [{"id": "a", "name": "To do"}, {"id": "b", "name": "Done", "color": "green"}]}


def _position_comparison(symbol: str) -> Condition:
    """`<` and its kin by the position of the choice, so that Low < Medium < High."""

    def condition(type: FieldType[Any], column: str, operand: Operand, options: Any, parameters: Parameters) -> str:
        ids = ids_constant(options, parameters)
        value = operand.bind(type.operand_parser(options), "text")
        return f"array_position({ids}, {column}) {symbol} array_position({ids}, {value})"

    return condition


_CONDITIONS: Final[Conditions] = {
    **PRESENCE,
    **EQUALITY,
    **SUBSTRING,
    FilterOperator.GT: _position_comparison(">"),
    FilterOperator.GTE: _position_comparison(">="),
    FilterOperator.LT: _position_comparison("<"),
    FilterOperator.LTE: _position_comparison("<="),
    FilterOperator.HAS_ANY: is_in,
    FilterOperator.HAS_NONE: negation(is_in),
}


MOST_IN_A_CASE: Final = 16
"""Up to so many choices a CASE finds a name faster than a look-up in a JSON object does."""


class SingleSelectType(FieldType[ChoiceOptions]):
    """One of the choices of the field; stored as the id of the choice."""

    key = "single_select"
    title = "Single select"
    position = 100
    description = (
        "One of the field's choices; a JSON string with its name. The id of a choice is taken too, in values and in "
        "filters. Records sort by the position of the choice."
    )
    options_model = ChoiceOptions
    column_type = "text"
    conditions = _CONDITIONS
    examples = (
        Example("To do", "To do", _STAGES),
        Example("b", "Done", _STAGES),
        Example("", None, _STAGES),
        Example(" done ", "Done", _STAGES, typecast=True),
        Example(["Done"], "Done", _STAGES, typecast=True),
        Example(7, "7", {"choices": [{"name": "7"}]}, typecast=True),
    )
    bad_examples = (
        BadExample("Doing", faults.CHOICE, _STAGES),
        BadExample("done", faults.CHOICE, _STAGES),
        BadExample("Done", faults.CHOICE),
        BadExample(7, faults.TYPE, _STAGES),
        BadExample(["Done"], faults.TYPE, _STAGES),
    )

    def merge_options(self, old: ChoiceOptions, new: ChoiceOptions) -> ChoiceOptions:
        return new.merged_into(old)

    def adapt_options(self, options: ChoiceOptions, values: list[object]) -> ChoiceOptions:
        return options.widened(readable(value) for value in values)

    def refit(self, column: str, options: ChoiceOptions, parameters: Parameters) -> str:
        return f"CASE WHEN {column} = ANY({ids_constant(options, parameters)}) THEN {column} END"

    def known_values(self, options: ChoiceOptions) -> Sequence[object]:
        return options.ids

    def parser(self, options: ChoiceOptions, *, typecast: bool = False) -> Parser:
        return _loose_parser(options) if typecast else _strict_parser(options)

    def choice_names(self, options: ChoiceOptions) -> Callable[[object], Iterable[str]]:
        return lambda value: [readable(value).strip()]

    def operand_parser(self, options: ChoiceOptions) -> Parser:
        return lambda value: choice_id(value, options)

    def json(self, column: str, options: ChoiceOptions, parameters: Parameters) -> str:
        if len(options.choices) > MOST_IN_A_CASE:
            return f"({names_constant(options, parameters)} -> {column})::text"
        cases = "".join(
            f" WHEN {quote_text(choice.id)} THEN {quote_text(encode_json(choice.name))}" for choice in options.choices
        )
        return f"CASE {column}{cases} END" if cases else "NULL::text"

    def order(self, column: str, options: ChoiceOptions, parameters: Parameters) -> OrderKey:
        return OrderKey(f"array_position({ids_constant(options, parameters)}, {column})", "integer")

    def text(self, column: str, options: ChoiceOptions, parameters: Parameters) -> str:
        return f"({names_constant(options, parameters)} ->> {column})"


def _strict_parser(options: ChoiceOptions) -> Parser:
    ids = options.id_by_key

    def parse(value: object) -> object:
        if type(value) is str and (found := ids.get(value)) is not None:
            return found
        return None if value is None else choice_id(value, options)

    return parse


def _loose_parser(options: ChoiceOptions) -> Parser:
    def parse(value: object) -> object:
        if isinstance(value, list) and len(value) > 1:
            raise InvalidValue(f"A single select takes one choice, not {len(value)}.", faults.TYPE)
        return None if value is None else find_choice_id(readable(value), options)

    return parse
