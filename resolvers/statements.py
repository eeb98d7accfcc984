"""What was made from the metadata of a table, kept by what it was made for: compiled statements, parsers, views."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import TypeVar, cast
from uuid import UUID

from domain.bases.catalog import TableMeta
from domain.records.compile import Statement
from domain.views.meta import ViewMeta

MAX_STATEMENTS = 4_000
BYTES_PER_ENTRY = 4_096
BYTES_PER_CHARACTER = 4
"""What a statement takes of memory for each character of its text, with its shape and parameters, at most."""
MAX_BYTES = 64 << 20

Key = tuple[UUID, int, Hashable]
T = TypeVar("T")


class StatementCache:
    """What this process has used lately, for each table, schema version and shape."""

    def __init__(self, max_bytes: int = MAX_BYTES, max_statements: int = MAX_STATEMENTS) -> None:
        self._max_statements = max_statements
        self._max_bytes = max_bytes
        self._bytes = 0
        self._statements: OrderedDict[Key, object] = OrderedDict()

    def get(self, table: TableMeta, shape: Hashable, make: Callable[[], T]) -> T:
        """What was made for this shape over this version of the table, now or earlier; a shape has one type of it."""
        key = _key(table, shape)
        found = self._found(key)
        if found is not None:
            return _run_for(table, cast(T, found))
        made = make()
        self._statements[key] = made
        self._bytes += _size(made)
        while len(self._statements) > self._max_statements or self._bytes > self._max_bytes:
            _, dropped = self._statements.popitem(last=False)
            self._bytes -= _size(dropped)
        return _run_for(table, made)

    def find(self, table: TableMeta, shape: Hashable, kind: type[T]) -> T | None:
        """What is kept for this shape over this version of the table, for what cannot be made at once."""
        found = self._found(_key(table, shape))
        return found if isinstance(found, kind) else None

    def _found(self, key: Key) -> object | None:
        found = self._statements.get(key)
        if found is not None:
            self._statements.move_to_end(key)
        return found


def _key(table: TableMeta, shape: Hashable) -> Key:
    """What is made for callers who may not see everything is kept apart from what is made for all others.

    All who have the same role share it; who they are is told to a statement when it is run.
    """
    profile = table.profile
    if profile is not None and profile.viewer is not None:
        profile = replace(profile, viewer=None)
    return table.id, table.schema_version, shape if profile is None else (profile, shape)


def _run_for(table: TableMeta, made: T) -> T:
    return cast(T, made.run_for(table)) if isinstance(made, Statement) else made


def _size(made: object) -> int:
    match made:
        case Statement():
            characters = len(made.sql)
        case ViewMeta():
            characters = made.size
        case _:
            characters = 0
    return BYTES_PER_ENTRY + BYTES_PER_CHARACTER * characters
