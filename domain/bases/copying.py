"""The SQL texts that copy the records of a base into another one with the same tables under other numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from domain.bases.ddl import column_name
from domain.bases.links import FIRST_POSITION, Side
from domain.sql import quote_text

_COPIED: Final = ("revision", "created_at", "updated_at", "created_by", "updated_by")


@dataclass(frozen=True, slots=True)
class TableCopy:
    """A table and its copy: their qualified names, the copy's number, and the numbers of each field and its copy."""

    source: str
    target: str
    target_number: int
    fields: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class LinksCopy:
    """A junction table and its copy, seen from the same side, and the numbers of the copies of the tables `a`, `b`."""

    source: Side
    target: Side
    a_number: int
    b_number: int


def copy_records(copies: Sequence[TableCopy], links: Sequence[LinksCopy] = ()) -> str:
    """One statement that copies the records and links of all tables, as they were at one moment."""
    steps = [f"copy_{index} AS ({_copy(copy)})" for index, copy in enumerate(copies)]
    steps += [f"links_{index} AS ({_copy_links(copy)})" for index, copy in enumerate(links)]
    return f"WITH {', '.join(steps)} SELECT"


def continue_positions(side: Side) -> str:
    """Let the positions of copied links be followed by those of new ones."""
    sequence = f"pg_get_serial_sequence({quote_text(side.table)}, 'a_n')::regclass"
    return f"SELECT setval({sequence}, greatest(max(a_n), max(b_n), {FIRST_POSITION})) FROM {side.table}"


def _copy_links(copy: LinksCopy) -> str:
    ids = f"{renumbered_id('a', copy.a_number)}, {renumbered_id('b', copy.b_number)}"
    return f"INSERT INTO {copy.target.table} (a, b, a_n, b_n) SELECT {ids}, a_n, b_n FROM {copy.source.table}"


def continue_sequence(copy: TableCopy, field: tuple[int, int]) -> str:
    """Let the counter of a copied autonumber field go on where that of the first one stands."""
    source, target = (
        f"pg_get_serial_sequence({quote_text(table)}, {quote_text(column_name(number))})::regclass"
        for table, number in zip((copy.source, copy.target), field, strict=True)
    )
    last = f"pg_sequence_last_value({source})"
    return f"SELECT setval({target}, coalesce({last}, 1), {last} IS NOT NULL)"


def renumbered_id(id: str, number: int) -> str:
    """The SQL expression of a record's id (see `domain.ids`) with another table's number inside.

    Milliseconds and random bits stay, so copies keep the order of their creation and are as unique as the first ones.
    """
    upper, lower = number >> 20, number & 0xFFFFF
    middle = (2 << 20 | lower) >> 6  # the variant and all but the last 6 bits of the lower part: two bytes
    last = f"get_byte(uuid_send({id}), 10) & 3 | {(lower & 0x3F) << 2}"
    return (
        f"(left({id}::text, 14) || '8{upper:03x}-{middle:04x}-' || lpad(to_hex({last}), 2, '0')"
        f" || right({id}::text, 10))::uuid"
    )


def _copy(copy: TableCopy) -> str:
    targets = ", ".join(("id", *_COPIED, *(column_name(target) for _, target in copy.fields)))
    sources = ", ".join(
        (renumbered_id("id", copy.target_number), *_COPIED, *(column_name(source) for source, _ in copy.fields))
    )
    return f"INSERT INTO {copy.target} ({targets}) OVERRIDING SYSTEM VALUE SELECT {sources} FROM {copy.source}"
