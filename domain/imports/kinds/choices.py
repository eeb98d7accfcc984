"""Selects: choices are matched by name, whatever the case and the blanks around it."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from domain.fields.faults import CHOICE, InvalidValue
from domain.fields.record_names import has_quoted_names, split_names
from domain.imports.kinds.contract import Convert, Handlers, Hints
from domain.imports.kinds.texts import plain_number
from domain.imports.problems import shown

_BETWEEN_CHOICES = re.compile(r"[,;|\n]")
_NAMES_IN_A_MESSAGE: Final = 5


def choice_options(names: Iterable[str]) -> dict[str, object]:
    """The options of a select with these choices."""
    return {"choices": [{"name": name} for name in names]}


def single_select_handlers(options: Mapping[str, object], hints: Hints) -> Handlers:
    """Cells of a single select."""
    find = _finder(_names(options))
    return {str: find, int: lambda value: find(str(value)), float: lambda value: find(plain_number(value))}


def multi_select_handlers(options: Mapping[str, object], hints: Hints) -> Handlers:
    """Cells of a multi select: lists of names, or a text with commas, semicolons, bars or line ends between them."""
    find = _finder(_names(options))

    def from_text(text: str) -> object:
        try:
            whole = find(text)
        except InvalidValue:
            names = split_names(text) if has_quoted_names(text) else _BETWEEN_CHOICES.split(text)
            return from_list(list(names))
        return None if whole is None else [whole]

    def from_list(items: list[object]) -> object:
        found = dict.fromkeys(name for item in items if (name := find(str(item))) is not None)
        return list(found) or None

    return {str: from_text, list: from_list}


def _names(options: Mapping[str, object]) -> list[str]:
    choices = options.get("choices")
    if not isinstance(choices, list | tuple):
        return []
    return [str(choice["name"]) if isinstance(choice, Mapping) else str(choice) for choice in choices]


def _finder(names: list[str]) -> Convert:
    """From a text to the name of a choice as it is written there; an empty one is no choice."""
    folded = {name.strip().casefold(): name for name in names}
    exact: dict[str, str | None] = {"": None, **{name: name for name in names}}

    def find(text: str) -> object:
        if text in exact:
            return exact[text]
        bare = text.strip().casefold()
        if not bare:
            return None
        found = folded.get(bare)
        if found is None:
            raise InvalidValue(f"This is none of the choices {_listed(names)}.", CHOICE)
        return found

    return find


def _listed(names: list[str]) -> str:
    """The first names for a message."""
    if not names:
        return "(the field has none)"
    more = len(names) - _NAMES_IN_A_MESSAGE
    return ", ".join(repr(shown(name)) for name in names[:_NAMES_IN_A_MESSAGE]) + (
        f" and {more} more" if more > 0 else ""
    )
