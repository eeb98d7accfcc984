"""A text of several names, of records or of choices, with commas between them."""

import re
from collections.abc import Iterable
from typing import Final

_QUOTED: Final = re.compile(r'\s*"((?:[^"]|"")*+)"\s*(?:,|\Z)')
_PLAIN: Final = re.compile(r"([^,]*+)(?:,|\Z)")
_HAS_QUOTED: Final = re.compile(r'(?:\A|,)\s*"(?:[^"]|"")*+"\s*(?:,|\Z)')
_NEEDS_QUOTES: Final = re.compile(r'[,"]|\A\s|\s\Z')


def split_names(text: str) -> list[str]:
    """The names in a text, those in double quotes with their commas; in these, a quote is written twice."""
    names, position = [], 0
    while position < len(text):
        quoted = _QUOTED.match(text, position)
        found = quoted or _PLAIN.match(text, position)
        assert found is not None  # a plain name may have any length
        names.append(found[1].replace('""', '"') if quoted else found[1].strip())
        position = found.end()
    return [name for name in names if name]


def has_quoted_names(text: str) -> bool:
    """Whether a name in the text is in double quotes, as in the cells of CSV files."""
    return _HAS_QUOTED.search(text) is not None


def join_names(names: Iterable[str]) -> str:
    """The text that `split_names` reads as these names."""
    return ", ".join(
        f'"{name.replace(chr(34), chr(34) * 2)}"' if _NEEDS_QUOTES.search(name) else name for name in names
    )
