"""Compiled statements, kept by the shape that they were compiled from."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from uuid import UUID

from domain.bases.catalog import TableMeta
from domain.records.compile import Statement

MAX_STATEMENTS = 4_000

Key = tuple[UUID, int, Hashable]


class StatementCache:
    """The statements that this process has used lately, for each table, schema version and shape."""

    def __init__(self, max_statements: int = MAX_STATEMENTS) -> None:
        self._max_statements = max_statements
        self._statements: OrderedDict[Key, Statement] = OrderedDict()

    def get(self, table: TableMeta, shape: Hashable, make: Callable[[], Statement]) -> Statement:
        """The statement of this shape over this version of the table, made now or earlier."""
        key = (table.id, table.schema_version, shape)
        found = self._statements.get(key)
        if found is not None:
            self._statements.move_to_end(key)
            return found
        found = self._statements[key] = make()
        while len(self._statements) > self._max_statements:
            self._statements.popitem(last=False)
        return found
