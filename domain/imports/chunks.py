"""Taking the rows of a file in chunks that fit in memory, however long their cells are."""

from collections.abc import Iterator
from typing import Final

from domain.imports.formats.contract import Row

MAX_CHUNK_CHARACTERS: Final = 8 * 1024 * 1024
_CHARACTERS_OF_A_NUMBER: Final = 8


def take_rows(rows: Iterator[Row], count: int, characters: int = MAX_CHUNK_CHARACTERS) -> list[Row]:
    """The next rows, `count` at most, and no more once they have so many characters; empty at the end of the file."""
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        characters -= sum(map(_length, row[1]))
        if len(chunk) == count or characters <= 0:
            break
    return chunk


def _length(cell: object) -> int:
    if isinstance(cell, str):
        return len(cell)
    return len(str(cell)) if isinstance(cell, list | dict) else _CHARACTERS_OF_A_NUMBER
