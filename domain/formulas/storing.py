"""A formula as it is stored: the text that was written, with ids in place of the names of fields.

A reference to a field that is not there, or not any longer, is kept by its name: it heals when a field has that name.
"""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from domain.formulas.grammar import parse_stored
from domain.formulas.tree import Reference, references

STORED: Final = "fld:"
"""What stands before the id in a stored reference."""


def stored_form(text: str, ids: Mapping[str, UUID]) -> str:
    """The formula with `{fld:<id>}` for each reference by the name of a field that is there."""

    def stored(reference: Reference) -> str | None:
        id = ids.get(reference.key)
        return None if id is None else f"{STORED}{id}"

    return _with_references(text, stored)


def readable_form(stored: str, names: Mapping[UUID, str]) -> str:
    """The stored formula with names for all references to fields that have one."""

    def named(reference: Reference) -> str | None:
        id = reference_id(reference.key)
        return None if id is None else names.get(id)

    return _with_references(stored, named)


def renamed_form(stored: str, ids: Mapping[UUID, UUID]) -> str:
    """The stored formula with other ids, for the copy of a table."""

    def renamed(reference: Reference) -> str | None:
        id = reference_id(reference.key)
        return None if id is None or id not in ids else f"{STORED}{ids[id]}"

    return _with_references(stored, renamed)


def reference_id(key: str) -> UUID | None:
    """The id in a stored reference; None for the name of a field."""
    if not key.startswith(STORED):
        return None
    try:
        return UUID(key.removeprefix(STORED))
    except ValueError:
        return None


def escaped(name: str) -> str:
    """A reference to the field of this name."""
    return "{" + name.replace("\\", "\\\\").replace("}", "\\}") + "}"


def _with_references(text: str, key: Callable[[Reference], str | None]) -> str:
    """The text as it is, spaces and line ends too, with other references where there are any."""
    parts: list[str] = []
    position = 0
    for reference in sorted(references(parse_stored(text)), key=lambda reference: reference.start):
        other = key(reference)
        if other is not None:
            parts += (text[position : reference.start], escaped(other))
            position = reference.end
    return "".join((*parts, text[position:]))
