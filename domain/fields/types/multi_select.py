"""The multi-select field."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from domain.fields import faults
from domain.fields.arrays import ARRAY_CONDITIONS
from domain.fields.choices import ChoiceOptions, choice_id, find_choice_id, ids_constant, names_constant
from domain.fields.contract import BadExample, Example, FieldType, OrderKey, Parser
from domain.fields.faults import InvalidValue, wrong_type
from domain.fields.operators import Conditions, list_of
from domain.fields.readable import readable
from domain.fields.texts import SUBSTRING
from domain.sql import Parameters

_TAGS: Final = {"choices": [{"id": "a", "name": "new"}, {"id": "b", "name": "hot"}, {"id": "c", "name": "old, dusty"}]}
_CONDITIONS: Final[Conditions] = {**ARRAY_CONDITIONS, **SUBSTRING}
_SEPARATOR = re.compile(r"[,;\n]")
_SEPARATOR_KEPT = re.compile(r"([,;\n])")


class MultiSelectType(FieldType[ChoiceOptions]):
    """Any of the choices of the field; stored as an array of choice ids, in the order in which they were given."""

    key = "multi_select"
    title = "Multi select"
    position = 110
    description = (
        "Any of the field's choices, each at most once, in a chosen order; a JSON list of their names. Ids of choices "
        "are taken too, in values and in filters. Records sort by the positions of the choices; EQ ignores their order."
    )
    options_model = ChoiceOptions
    column_type = "text[]"
    empty_json = "[]"
    conditions = _CONDITIONS
    examples = (
        Example(["hot", "new"], ["hot", "new"], _TAGS),
        Example(["b"], ["hot"], _TAGS),
        Example([], []),
        Example("new, HOT", ["new", "hot"], _TAGS, typecast=True),
        Example("old, dusty", ["old, dusty"], _TAGS, typecast=True),
        Example(["new", "new"], ["new"], _TAGS, typecast=True),
        Example("", [], typecast=True),
    )
    bad_examples = (
        BadExample(["cold"], faults.CHOICE, _TAGS),
        BadExample(["new", "a"], faults.DUPLICATE, _TAGS),
        BadExample("new", faults.TYPE, _TAGS),
        BadExample([1], faults.TYPE, _TAGS),
        BadExample([None], faults.TYPE, _TAGS),
        BadExample([""], faults.CHOICE, _TAGS),
    )

    def merge_options(self, old: ChoiceOptions, new: ChoiceOptions) -> ChoiceOptions:
        return new.merged_into(old)

    def adapt_options(self, options: ChoiceOptions, values: list[object]) -> ChoiceOptions:
        return options.widened(name for value in values for name in _names(value))

    def refit(self, column: str, options: ChoiceOptions, parameters: Parameters) -> str:
        ids = ids_constant(options, parameters)
        return f"nullif(ARRAY(SELECT item FROM unnest({column}) AS item WHERE item = ANY({ids})), '{{}}')"

    def parser(self, options: ChoiceOptions, *, typecast: bool = False) -> Parser:
        return _loose_parser(options) if typecast else _strict_parser(options)

    def operand_parser(self, options: ChoiceOptions) -> Parser:
        return list_of(lambda value: choice_id(value, options))

    def json(self, column: str, options: ChoiceOptions, parameters: Parameters) -> str:
        names = f"ARRAY(SELECT ({names_constant(options, parameters)} -> item)::text FROM unnest({column}) AS item)"
        return f"'['||array_to_string({names}, ',')||']'"

    def order(self, column: str, options: ChoiceOptions, parameters: Parameters) -> OrderKey:
        position = f"array_position({ids_constant(options, parameters)}, item)"
        positions = f"ARRAY(SELECT {position} FROM unnest({column}) AS item)"
        return OrderKey(f"(CASE WHEN {column} IS NOT NULL THEN {positions} END)", "integer[]")

    def text(self, column: str, options: ChoiceOptions, parameters: Parameters) -> str:
        names = f"ARRAY(SELECT {names_constant(options, parameters)} ->> item FROM unnest({column}) AS item)"
        return f"array_to_string({names}, ', ')"


def _strict_parser(options: ChoiceOptions) -> Parser:
    ids = options.id_by_key

    def parse(value: object) -> object:
        if type(value) is not list:
            if value is None:
                return None
            raise wrong_type(value, "a list of names of choices")
        try:
            found = [ids[name] for name in value]
        except (KeyError, TypeError):
            found = [_at(index, name, options) for index, name in enumerate(value)]
        if len(set(found)) < len(found):
            raise _repeated(found)
        return found or None

    return parse


def _at(index: int, name: object, options: ChoiceOptions) -> str:
    try:
        found = choice_id(name, options)
    except InvalidValue as fault:
        raise fault.inside(index) from None
    if found is None:
        raise InvalidValue("The name of a choice may not be empty.", faults.CHOICE, (index,))
    return found


def _repeated(found: list[str]) -> InvalidValue:
    index = next(index for index, id in enumerate(found) if id in found[:index])
    return InvalidValue("Each choice may be given once.", faults.DUPLICATE, (index,))


def _loose_parser(options: ChoiceOptions) -> Parser:
    most_parts = 1 + max((len(_SEPARATOR.findall(choice.name)) for choice in options.choices), default=0)

    def is_known(name: str) -> bool:
        return name in options.id_by_key or name.strip().lower() in options.id_by_folded_name

    def parse(value: object) -> object:
        names = _joined(value, most_parts, is_known) if isinstance(value, str) else _names(value)
        found = (find_choice_id(name, options) for name in names)
        return list(dict.fromkeys(id for id in found if id is not None)) or None

    return parse


def _joined(text: str, most_parts: int, is_known: Callable[[str], bool]) -> Iterator[str]:
    """The names between the commas of a text, where commas inside a known name do not count."""
    parts = _SEPARATOR_KEPT.split(text)  # name, separator, name, ...
    start = 0
    while start < len(parts):
        joined = (
            count for count in range(most_parts, 1, -1) if is_known("".join(parts[start : start + 2 * count - 1]))
        )
        count = next(joined, 1)
        yield "".join(parts[start : start + 2 * count - 1]).strip()
        start += 2 * count


def _names(value: object) -> Iterator[str]:
    """The names in a list, or between the commas of a text; a list may hold the ids of choices too."""
    if isinstance(value, list):
        yield from (readable(item) for item in value)
    elif value is not None:
        yield from (name.strip() for name in _SEPARATOR.split(readable(value)))
