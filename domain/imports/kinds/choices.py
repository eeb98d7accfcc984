"""Selects: choices are matched by name, whatever the case and the blanks around it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from domain.fields.choices import MAX_CHOICES, check_new_name
from domain.fields.faults import CHOICE, InvalidValue
from domain.fields.record_names import has_quoted_names, split_names
from domain.fields.registry import field_type
from domain.imports.kinds.contract import Convert, Handlers, Hints
from domain.imports.kinds.texts import plain_number
from domain.imports.problems import listed

_BETWEEN_CHOICES = re.compile(r"[,;|\n]")
ReadNames = Callable[[object], Iterable[str]]
"""From a cell to the names of choices that stand in it, whether there are such choices or not."""


def folded(name: str) -> str:
    """What two names have in common that mean the same choice."""
    return name.strip().casefold()


def choice_options(names: Iterable[str]) -> dict[str, object]:
    """The options of a select with these choices."""
    return {"choices": choices_of(names)}


def choices_of(names: Iterable[str]) -> list[Mapping[str, str]]:
    """Choices with these names, as a client sends them."""
    return [{"name": name} for name in names]


def single_select_handlers(options: Mapping[str, object], hints: Hints) -> Handlers:
    """Cells of a single select."""
    find = _finder(choice_names(options))
    return {str: find, int: lambda value: find(str(value)), float: lambda value: find(plain_number(value))}


def multi_select_handlers(options: Mapping[str, object], hints: Hints) -> Handlers:
    """Cells of a multi select: lists of names, or a text with commas, semicolons, bars or line ends between them."""
    find = _finder(choice_names(options))
    split = _splitter(options)

    def from_text(text: str) -> object:
        try:
            whole = find(text)
        except InvalidValue:
            return from_list(list(split(text)))
        return None if whole is None else [whole]

    def from_list(items: list[object]) -> object:
        found = dict.fromkeys(name for item in items if (name := find(str(item))) is not None)
        return list(found) or None

    return {str: from_text, list: from_list}


def name_reader(field_type: str, options: Mapping[str, object]) -> ReadNames | None:
    """What reads cells of a select as its converter does; None for other types."""
    make = _READERS.get(field_type)
    return None if make is None else make(options)


def _single_reader(options: Mapping[str, object]) -> ReadNames:
    def read(cell: object) -> Sequence[str]:
        if isinstance(cell, str):
            return (cell,)
        if isinstance(cell, bool) or not isinstance(cell, int | float):
            return ()
        return (str(cell) if isinstance(cell, int) else plain_number(cell),)

    return read


def _multi_reader(options: Mapping[str, object]) -> ReadNames:
    split = _splitter(options)
    known = set(map(folded, choice_names(options)))

    def read(cell: object) -> Iterable[str]:
        if isinstance(cell, str):
            return () if folded(cell) in known else split(cell)
        return filter(None, map(_item, cell)) if isinstance(cell, list) else ()

    return read


def _item(item: object) -> str:
    """The name that an item of a list is; empty for what is none."""
    return str(item) if isinstance(item, str | int | float) and not isinstance(item, bool) else ""


_READERS: Final[Mapping[str, Callable[[Mapping[str, object]], ReadNames]]] = {
    "single_select": _single_reader,
    "multi_select": _multi_reader,
}


def _splitter(options: Mapping[str, object]) -> Callable[[str], Iterable[str]]:
    """What splits a text that is no choice as a whole; known names may hold what else stands between names."""
    known = set(map(folded, choice_names(options)))
    if not any(map(_BETWEEN_CHOICES.search, known)):
        return lambda text: split_names(text) if has_quoted_names(text) else _BETWEEN_CHOICES.split(text)
    type = field_type("multi_select")
    join = type.choice_names(type.parse_options(dict(options)))

    def split(text: str) -> Iterable[str]:
        if has_quoted_names(text):
            return split_names(text)
        names = list(join(text))
        return [part for name in names for part in ([name] if name.casefold() in known else name.split("|"))]

    return split


def choice_names(options: Mapping[str, object]) -> list[str]:
    """The names of the choices in the options of a select."""
    choices = options.get("choices")
    if not isinstance(choices, list | tuple):
        return []
    return [str(choice["name"]) if isinstance(choice, Mapping) else str(choice) for choice in choices]


def _finder(names: list[str]) -> Convert:
    """From a text to the name of a choice as it is written there; an empty one is no choice."""
    known = {folded(name): name for name in names}
    exact: dict[str, str | None] = {"": None, **{name: name for name in names}}

    def find(text: str) -> object:
        if text in exact:
            return exact[text]
        bare = folded(text)
        if not bare:
            return None
        found = known.get(bare)
        if found is None:
            check_new_name(text.strip())
            full = f", and a field has at most {MAX_CHOICES:,}" if len(names) >= MAX_CHOICES else ""
            raise InvalidValue(f"This is none of the choices {_known(names)}{full}.", CHOICE)
        return found

    return find


def _known(names: list[str]) -> str:
    """The first names for a message."""
    return listed(names) if names else "(the field has none)"
