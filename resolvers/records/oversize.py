"""Values that are sound, but too large for what PostgreSQL keeps in one row or in one entry of an index."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import asyncpg

from domain.bases.catalog import FieldMeta, TableMeta
from domain.errors import Problem, ValidationFailed
from domain.fields.faults import MAX_LENGTH
from domain.fields.storage import encode_json
from domain.records.values import Row

MAX_INDEXED_BYTES: Final = 2_600
"""About what PostgreSQL keeps of a value in an index (a third of a page), where it cannot be compressed."""

_ROW = (
    "The values of a record do not fit into a row: it takes about 8,000 bytes, of which each long text, list or object "
    "needs 20 wherever the value itself lies. Give values to fewer fields."
)


@contextmanager
def refusing_oversize(table: TableMeta, rows: Sequence[Row] = ()) -> Iterator[None]:
    """Turn PostgreSQL's refusal of what is too large into `ValidationFailed`; the rows tell which values these are."""
    try:
        yield
    except asyncpg.ProgramLimitExceededError as error:
        index = error.constraint_name or ""
        indexed = next((field for field in table.fields if index.startswith(f"{field.column}_")), None)
        if indexed is None:
            raise ValidationFailed([Problem((), _ROW, MAX_LENGTH, 0 if len(rows) == 1 else None)]) from error
        raise ValidationFailed(_too_long(indexed, rows)) from error


def _too_long(field: FieldMeta, rows: Sequence[Row]) -> list[Problem]:
    message = (
        f"The value is too long for the index of this field, which takes about {MAX_INDEXED_BYTES:,} bytes: "
        "shorten it, or have the field without an index."
    )
    lengths = [len(encode_json(row.get(field.column)).encode()) for row in rows]
    places: list[int | None] = [i for i, length in enumerate(lengths) if length > MAX_INDEXED_BYTES]
    return [Problem((field.name,), message, MAX_LENGTH, place) for place in places or [None]]
