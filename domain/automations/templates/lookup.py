"""Where a path leads."""

import re
from collections.abc import Mapping
from typing import Final

from domain.automations.templates.tree import Path

_NAMES_SHOWN: Final = 10
_LONGEST_NAME: Final = 50
"""Characters that a message has of a name."""
_INDEX: Final = re.compile(r"\d{1,9}", re.ASCII)


class Absent(Exception):
    """There is nothing where a path leads; the message says how far it goes."""

    def __init__(self, message: str, *, is_behind_null: bool = False) -> None:
        super().__init__(message)
        self.is_behind_null = is_behind_null


def look_up(path: Path, names: Mapping[str, object]) -> object:
    """The value of a path; raises `Absent`."""
    value: object = names
    for position, name in enumerate(path.names):
        value = _member(value, name, ".".join(path.names[:position]))
    return value


def _member(value: object, name: str, before: str) -> object:
    """The member of an object, or the item of a list; nothing else has any."""
    if isinstance(value, Mapping):
        if name not in value:
            raise Absent(f"there is no {_short(name)!r}{f' in {before}' if before else ''}; there is {_listed(value)}.")
        return value[name]
    if isinstance(value, (list, tuple)):
        if _INDEX.fullmatch(name) is None:
            raise Absent(f"{before} is a list, whose items have numbers from 0, and {_short(name)!r} is none.")
        if int(name) >= len(value):
            raise Absent(f"{before} is a list of {len(value)}, without an item {name} (they count from 0).")
        return value[int(name)]
    if value is None:
        raise Absent(f"{before} is null, and has no {_short(name)!r}.", is_behind_null=True)
    raise Absent(f"{before} is a single value, and has no {_short(name)!r}.")


def _listed(value: Mapping[str, object]) -> str:
    names = [_short(str(name)) for name in list(value)[:_NAMES_SHOWN]]
    more = f" and {len(value) - _NAMES_SHOWN} more" if len(value) > _NAMES_SHOWN else ""
    return (", ".join(names) or "nothing") + more


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
