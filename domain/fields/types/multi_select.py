"""The multi-select field."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from domain.fields import faults
from domain.fields.arrays import ARRAY_CONDITIONS
from domain.fields.choices import ChoiceOptions, choice_id, find_choice_id, ids_constant, names_constant
from domain.fields.contract import BadExample, Example, FieldType, Options, OrderKey, Parser
from domain.fields.faults import InvalidValue, wrong_type
from domain.fields.operators import Conditions, list_of
from domain.fields.readable import readable
from domain.fields.record_names import has_quoted_names, split_names
from domain.fields.texts import SUBSTRING
from domain.fields.types.single_select import SingleSelectType
from domain.sql import Parameters

_TAGS: Final = {"choices": [{"id": "a", "name": "new"}, {"id": "b", "name": "hot"}, {"id": "c", "name": "old, dusty"}]}
_CONDITIONS: Final[Conditions] = {**ARRAY_CONDITIONS, **SUBSTRING}
_SEPARATOR = re.compile(r"[,;\n]")
_SEPARATOR_KEPT = re.compile(r"([,;\n])")
_ITEM: Final = SingleSelectType()


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
        Example('new, "old, dusty"', ["new", "old, dusty"], _TAGS, typecast=True),
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

    def choice_names(self, options: ChoiceOptions) -> Callable[[object], Iterable[str]]:
        start = _tree_of(options)

        def read(value: object) -> Iterable[str]:
            if not isinstance(value, str) or has_quoted_names(value):
                return (name.strip() for name in _names(value))
            return _joined(value, start)

        return read

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

    def item(self, column: str, options: ChoiceOptions) -> tuple[FieldType[Any], Options, str]:
        return _ITEM, options, column

    def identity(self, column: str, options: ChoiceOptions, parameters: Parameters) -> str:
        """The same choices count as one value, however they are ordered; the field's order is taken for all."""
        position = f"array_position({ids_constant(options, parameters)}, item)"
        items = f"ARRAY(SELECT item FROM unnest({column}) AS item ORDER BY {position})"
        return f"(CASE WHEN {column} IS NOT NULL THEN {items} END)"


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
    start = _tree_of(options)

    def parse(value: object) -> object:
        if not isinstance(value, str):
            return _ids(_names(value), options)
        try:
            return _ids(_joined(value, start), options)
        except InvalidValue:  # unless quotes are a part of how the names are written, and of none of them
            if not has_quoted_names(value):
                raise
            return _ids(split_names(value), options)

    return parse


def _ids(names: Iterable[str], options: ChoiceOptions) -> list[str] | None:
    """The choices with these names, each once; raises `InvalidValue` for a name that none has."""
    found = (find_choice_id(name, options) for name in names)
    return list(dict.fromkeys(id for id in found if id is not None)) or None


@dataclass(slots=True)
class _Place:
    """A place inside the names that hold separators: what may stand here last, and where each part leads on to.

    Names are kept as a tree of their parts, so that a text is read part by part and never put together to be looked
    up: that took minutes for names and texts with many commas.
    """

    last: set[str] = field(default_factory=set)
    further: "dict[tuple[str, str], _Place]" = field(default_factory=dict)


def _tree_of(options: ChoiceOptions) -> _Place:
    """The start of the tree of the names that hold separators, without their case."""
    start = _Place()
    for name in options.id_by_folded_name:
        *parts, last = _SEPARATOR_KEPT.split(name)  # name, separator, name, ...
        place = start
        for pair in zip(parts[0::2], parts[1::2], strict=True):
            place = place.further.setdefault(pair, _Place())
        if place is not start:
            place.last.add(last)
    return start


def _joined(text: str, start: _Place) -> Iterator[str]:
    """The names between the commas of a text, where commas inside a known name do not count."""
    parts = _SEPARATOR_KEPT.split(text)  # name, separator, name, ...
    folded = [part.lower() for part in parts]
    position = 0
    while position < len(parts):
        end = _end_of_name(folded, position, start)
        yield "".join(parts[position:end]).strip()
        position = end + 1


def _end_of_name(parts: list[str], position: int, place: _Place) -> int:
    """Where the longest known name that begins at this position ends, at least one part behind."""
    end = position + 1
    first = parts[position].lstrip()
    for i in range(position, len(parts) - 1, 2):
        following = place.further.get((first if i == position else parts[i], parts[i + 1]))
        if following is None:
            break
        place = following
        if parts[i + 2].rstrip() in place.last:
            end = i + 3
    return end


def _names(value: object) -> Iterator[str]:
    """The names in a list, or between the commas of a text; a list may hold the ids of choices too."""
    if isinstance(value, list):
        yield from (readable(item) for item in value)
    elif value is not None:
        text = readable(value)
        yield from split_names(text) if has_quoted_names(text) else (name.strip() for name in _SEPARATOR.split(text))
