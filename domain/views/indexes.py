"""The index that serves a view: what its filter and order ask for, as an index of its table.

First stand the fields that the filter holds to one value, then the keys of the order, then the id, so that a page is a
range of the index. The keys that an index cannot hold end it: PostgreSQL sorts by the others among equal ones.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from domain.bases.catalog import FieldMeta, TableMeta, schema_name
from domain.fields.contract import OrderKey
from domain.fields.operators import FilterOperator
from domain.fields.texts import SORT_LENGTH
from domain.records.columns import find_column
from domain.records.filters import Filter, Group, Junction, Leaf, Shape
from domain.records.indexes import constant_sql, is_indexable
from domain.records.paging import Sort
from domain.sql import Parameters, quote_name

MAX_EQUALITIES: Final = 8
"""How many fields that are held to one value an index begins with."""
MAX_KEYS: Final = 8
"""How many keys of an order an index holds."""
MAX_TEXT_KEYS: Final = 2_000 // (4 * SORT_LENGTH)
"""How many of them may be texts: a character takes up to four bytes, and all of an entry must stay below 2,700."""


class IndexStatus(Enum):
    """What states the index of a view can be in; the value is what the catalog says."""

    NONE = "NONE"
    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    FAILED = "FAILED"


DROPPING: Final = "DROPPING"
"""The state of an index that no view refers to, while it goes."""


@dataclass(frozen=True, slots=True)
class IndexDefinition:
    """What an index is on: expressions with their directions. Equal ones are one index, whichever views want it."""

    columns: tuple[str, ...]

    @property
    def digest(self) -> bytes:
        """The same for equal definitions."""
        return hashlib.sha256("\x00".join(self.columns).encode()).digest()


def create_index(table: str, number: int, columns: list[str]) -> str:
    """The statement that builds the index with this number beside those who write to the table."""
    return f"CREATE INDEX CONCURRENTLY {quote_name(_name(number))} ON {table} ({', '.join(columns)})"


def drop_index(base_number: int, number: int) -> str:
    """The statement that drops the index, whole or not, if it is there."""
    name = f"{quote_name(schema_name(base_number))}.{quote_name(_name(number))}"
    return f"DROP INDEX CONCURRENTLY IF EXISTS {name}"


def _name(number: int) -> str:
    return f"v_{number}"


def definition_of(filter: Filter | None, sorts: tuple[Sort, ...], table: TableMeta) -> IndexDefinition | None:
    """The index that serves a filter and an order; None where the table's own one, or none, does."""
    held = list(dict.fromkeys(_held(filter, table)))[:MAX_EQUALITIES]
    keys, are_all = _keys(sorts, table)
    if not held and not keys:
        return None
    if are_all:
        keys = [*keys, _Key("id", keys[-1].descending if keys else False, nullable=False)]
    flips = keys != [] and keys[0].descending  # an index is read from either end: one serves an order and its mirror
    return IndexDefinition((*(f"({sql})" for sql in held), *(key.sql_in(flips=flips) for key in keys)))


@dataclass(frozen=True, slots=True)
class _Key:
    sql: str
    descending: bool
    nullable: bool = True

    def sql_in(self, *, flips: bool) -> str:
        """The key as an index has it."""
        descending = self.descending != flips
        if not self.nullable:
            return f"{self.sql} DESC" if descending else self.sql
        return f"({self.sql}) DESC NULLS LAST" if descending else f"({self.sql}) NULLS FIRST"


def _held(filter: Filter | None, table: TableMeta) -> Iterator[str]:
    """The expressions that a filter holds to one value each, whatever else it says."""
    for leaf in _certain(None if filter is None else filter.shape):
        if leaf.operator is FilterOperator.EQ and not leaf.is_null:
            sql = _comparable(find_column(table, leaf.field))
            if sql is not None:
                yield sql


def _certain(shape: Shape | None) -> Iterator[Leaf]:
    """The conditions all of which must hold."""
    if isinstance(shape, Leaf):
        yield shape
    elif isinstance(shape, Group) and shape.junction is Junction.AND:
        for part in shape.parts:
            yield from _certain(part)


def _comparable(field: FieldMeta) -> str | None:
    """What EQ compares, where every value fits into an index: a text does when it is one of few, as a choice is."""
    type, options = field.type, field.options
    if not is_indexable(type, options):
        return None
    if type.comparable_type_for(options) == "text" and not type.known_values(options):
        return None
    return constant_sql(lambda parameters: type.comparable(field.column, options, parameters))


def _keys(sorts: tuple[Sort, ...], table: TableMeta) -> tuple[list[_Key], bool]:
    """The keys of an order from the first on that an index can hold, and whether these are all."""
    keys: list[_Key] = []
    texts = 0
    for sort in sorts:
        order = _order(find_column(table, sort.field))
        texts += order is not None and order.type == "text"
        if order is None or len(keys) == MAX_KEYS or texts > MAX_TEXT_KEYS:
            return keys, False
        keys.append(_Key(order.sql, sort.descending))
    return keys, True


def _order(field: FieldMeta) -> OrderKey | None:
    """What sorts by a field, where an index can hold it."""
    if not is_indexable(field.type, field.options):
        return None
    parameters = Parameters()
    order: OrderKey = field.type.order(field.column, field.options, parameters)
    return None if parameters.bind(()) else order
