"""The names of columns: whether the first row holds them, and how they become unique."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_INVISIBLE = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff\ufeff]+")
_DATA = re.compile(
    r"[-+−(]?\s*[$€£¥₹]?\s*[-−]?[.,]?[0-9][0-9.,:/'\s%€)TZ+-]*|true|false|\S+@\S+\.\S+|[a-z]{3,5}://\S+", re.I
)


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """One unique name a column; `unnamed` are the positions of those that the file does not name."""

    names: tuple[str, ...]
    unnamed: frozenset[int]
    from_header: bool


def name_columns(rows: Sequence[Sequence[object]], has_header: bool | None, max_characters: int) -> ColumnNames:
    """The names for a table that begins with `rows`; there are as many as most of its rows have cells."""
    if not rows:
        return ColumnNames((), frozenset(), False)
    from_header = looks_like_header(rows) if has_header is None else has_header
    header: Sequence[object] = rows[0] if from_header else ()
    body = rows[1:] if from_header else rows
    return unique_names(header, max(len(header), _usual_width(body)), max_characters, from_header)


def unique_names(raw: Sequence[object], width: int, max_characters: int, from_header: bool = True) -> ColumnNames:
    """`Name`, `Name 2` for a repeated name whatever its case, `Column 3` for a third column without one."""
    given = [_clean(name, max_characters) for name in raw] + [""] * (width - len(raw))
    taken = {name.casefold() for name in given}
    used: set[str] = set()
    names = []
    for position, name in enumerate(given, 1):
        unique = name or f"Column {position}"
        if unique.casefold() in used or (not name and unique.casefold() in taken):
            unique = _numbered(unique, used | taken, max_characters)
        used.add(unique.casefold())
        names.append(unique)
    unnamed = frozenset(position for position, name in enumerate(given) if not name)
    return ColumnNames(tuple(names), unnamed, from_header)


def looks_like_header(rows: Sequence[Sequence[object]]) -> bool:
    """Whether the first row names the columns.

    It does when all its cells are texts, none empty, no two alike, and none reads like a value (number, date,
    address). With gaps or repeats it still does if at least half of the cells are filled and something below does
    read like a value.
    """
    first = rows[0]
    if any(_is_data(cell) for cell in first):
        return False
    filled = [str(cell).strip().casefold() for cell in first if cell is not None and str(cell).strip()]
    if len(filled) == len(first) and len(set(filled)) == len(filled):
        return True
    return len(filled) * 2 >= len(first) and any(_is_data(cell) for row in rows[1:] for cell in row)


def _is_data(cell: object) -> bool:
    if cell is None:
        return False
    return not isinstance(cell, str) or _DATA.fullmatch(cell.strip()) is not None


def _usual_width(rows: Sequence[Sequence[object]]) -> int:
    """The number of cells that more than half of the rows have at least."""
    widths = sorted(len(row) for row in rows)
    return widths[(len(widths) - 1) // 2] if widths else 0


def _clean(name: object, max_characters: int) -> str:
    text = "" if name is None else str(name)
    return _INVISIBLE.sub(" ", text).strip()[:max_characters].rstrip()


def _numbered(name: str, taken: set[str], max_characters: int) -> str:
    number = 2
    while True:
        suffix = f" {number}"
        candidate = name[: max_characters - len(suffix)] + suffix
        if candidate.casefold() not in taken:
            return candidate
        number += 1
