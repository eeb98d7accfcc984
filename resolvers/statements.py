"""What was made from the metadata of a table, kept by the shape that it was made for: compiled statements, parsers."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast
from uuid import UUID

from domain.bases.catalog import TableMeta
from domain.records.compile import Statement

MAX_STATEMENTS = 4_000
MAX_CHARACTERS = 32 << 20
"""Of the texts of all statements together."""

Key = tuple[UUID, int, Hashable]
T = TypeVar("T")


class StatementCache:
    """What this process has used lately, for each table, schema version and shape."""

    def __init__(self, max_statements: int = MAX_STATEMENTS, max_characters: int = MAX_CHARACTERS) -> None:
        self._max_statements = max_statements
        self._max_characters = max_characters
        self._characters = 0
        self._statements: OrderedDict[Key, object] = OrderedDict()

    def get(self, table: TableMeta, shape: Hashable, make: Callable[[], T]) -> T:
        """What was made for this shape over this version of the table, now or earlier; a shape has one type of it."""
        key = (table.id, table.schema_version, shape)
        found = self._statements.get(key)
        if found is not None:
            self._statements.move_to_end(key)
            return cast(T, found)
        made = make()
        self._statements[key] = made
        self._characters += _length(made)
        while len(self._statements) > self._max_statements or self._characters > self._max_characters:
            _, dropped = self._statements.popitem(last=False)
            self._characters -= _length(dropped)
        return made


def _length(made: object) -> int:
    return len(made.sql) if isinstance(made, Statement) else 0
