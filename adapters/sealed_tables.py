"""Where in the database sealed values lie: the one list of all of them, and how each is read and written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson
from asyncpg import Record
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from adapters.jobs import SEALED
from adapters.jobs.store import TABLE as JOBS
from models import Model
from models.base import SEALED as MARK


@dataclass(frozen=True, slots=True)
class SealedTable:
    """A table with columns that hold sealed values, and its key, which is one column."""

    name: str
    key: str
    key_type: str
    columns: Sequence[str]
    member: str | None = None
    """Of the JSON object that a column holds, where not all of it is sealed."""

    def sealed_in(self, row: Record) -> Iterator[tuple[str, bytes]]:
        """The sealed values of a row, by their columns; empty ones are left out."""
        for column in self.columns:
            sealed = row[column]
            if self.member is not None and sealed is not None:
                text = orjson.loads(sealed).get(self.member)
                sealed = None if text is None else text.encode()
            if sealed is not None:
                yield column, sealed

    def written(self, row: Record, renewed: Mapping[str, bytes]) -> list[bytes | None]:
        """What the columns hold, in their order, with these values in the place of those that were there."""
        return [
            self._written(row[column], renewed[column]) if column in renewed else row[column] for column in self.columns
        ]

    def _written(self, value: bytes, sealed: bytes) -> bytes:
        return sealed if self.member is None else orjson.dumps({**orjson.loads(value), self.member: sealed.decode()})


def _of(table: Table) -> SealedTable | None:
    columns = [column.name for column in table.columns if MARK in column.info]
    if not columns:
        return None
    [key] = table.primary_key.columns
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's
    return SealedTable(table.name, key.name, key.type.compile(dialect), columns)


SEALED_TABLES: Final = (
    *filter(None, map(_of, Model.metadata.sorted_tables)),
    SealedTable(JOBS, "id", "bigint", ["payload"], member=SEALED),
)
"""Those of the columns that are marked in the models, and the queue, where mail waits."""
