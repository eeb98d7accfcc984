"""Order, pages and cursors: keyset pagination that is exact in both directions.

Every order ends in the record's id, which takes the direction of the last key; empty values come first in
ascending order. So the reverse of an order is its exact mirror, and one index on (expression, id) serves both.
"""

import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from domain.bases.catalog import TableMeta
from domain.errors import BadRequest
from domain.records.columns import find_column
from domain.records.rows import Row
from domain.sql import Parameters

_MAC_LENGTH = 16
MAX_CURSOR_LENGTH = 64_000


@dataclass(frozen=True, slots=True)
class Sort:
    """One key of an order: a field's id or name, or a system column."""

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """One compiled key. `sql` is the expression over the record's row."""

    sql: str
    type: str
    descending: bool
    nullable: bool = True


def compile_order(sorts: Sequence[Sort], row: Row) -> tuple[Key, ...]:
    """The keys of an order, the id last. Values that are errors come last, whatever the direction."""
    keys = []
    for sort in sorts:
        field = find_column(row.table, sort.field)
        error = row.error(field)
        if error is not None:
            keys.append(Key(f"({error} IS NOT NULL)", "boolean", False, nullable=False))
        order = row.order(field)
        keys.append(Key(order.sql, order.type, sort.descending))
    descending = keys[-1].descending if keys else False
    return (*keys, Key(f"{row.alias}.id", "uuid", descending, nullable=False))


def order_by(keys: Sequence[Key], *, backward: bool = False) -> str:
    """The ORDER BY list; mirrored when `backward`."""
    return ", ".join(_order_term(key, key.descending != backward) for key in keys)


def _order_term(key: Key, descending: bool) -> str:
    if not key.nullable:
        return f"{key.sql} DESC" if descending else key.sql
    return f"{key.sql} DESC NULLS LAST" if descending else f"{key.sql} ASC NULLS FIRST"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a cursor points: the keys' values as PostgreSQL's text, None for an empty one."""

    values: tuple[str | None, ...]

    @property
    def shape(self) -> tuple[bool, ...]:
        """Which values are empty; part of the shape of a statement."""
        return tuple(value is None for value in self.values)


def beyond(
    keys: Sequence[Key], empty: Sequence[bool], first_input: int, parameters: Parameters, *, backward: bool
) -> list[str]:
    """Conditions for the records behind a position (before it when `backward`), disjoint and in the order's order.

    `inputs[first_input:]` are the position's values and `empty` tells which are NULL. A page is the branches one
    behind the other, each sorted and limited: so every branch is a range of an index, whatever the directions and
    wherever the empty values stand. A condition may be NULL, which means false.
    """
    values = [
        "NULL" if is_empty else f"{parameters.input(first_input + i, 'text')}::{key.type}"
        for i, (key, is_empty) in enumerate(zip(keys, empty, strict=True))
    ]
    descending = [key.descending != backward for key in keys]
    if not any(empty) and not any(descending):
        return [_row_comparison(keys, values, ">")]
    if not any(empty) and all(descending) and len(keys) <= 2:
        later = [f"{key.sql} IS NULL" for key in keys if key.nullable]
        return [_row_comparison(keys, values, "<"), *later]
    return _branches(keys, values, empty, descending)


def _row_comparison(keys: Sequence[Key], values: Sequence[str], operator: str) -> str:
    return f"({', '.join(key.sql for key in keys)}) {operator} ({', '.join(values)})"


def _branches(
    keys: Sequence[Key], values: Sequence[str], empty: Sequence[bool], descending: Sequence[bool]
) -> list[str]:
    """The lexicographic comparison written out: equal up to a key, further at it; the longest equal part first."""
    branches: list[str] = []
    for i in reversed(range(len(keys))):
        same = [_same(keys[j], values[j], empty[j]) for j in range(i)]
        further = _further(keys[i], values[i], empty[i], descending[i])
        branches.extend(" AND ".join([*same, each]) for each in further)
    return branches


def _same(key: Key, value: str, is_empty: bool) -> str:
    return f"{key.sql} IS NULL" if is_empty else f"{key.sql} = {value}"


def _further(key: Key, value: str, is_empty: bool, descending: bool) -> list[str]:
    if is_empty:  # the first of an ascending order, the last of a descending one
        return [] if descending else [f"{key.sql} IS NOT NULL"]
    if not descending:
        return [f"{key.sql} > {value}"]
    return [f"{key.sql} < {value}", *([f"{key.sql} IS NULL"] if key.nullable else [])]


class CursorCodec:
    """Cursors of one order of one table: the keys' values, with a mark that tells forged and foreign ones.

    A cursor is the hex of a JSON array of texts, a dot, and the first 16 hex digits of SHA-256 over secret and hex;
    the secret holds the process's key, the table and the order. PostgreSQL makes cursors, Python reads them.
    """

    def __init__(self, secret_key: str, table: TableMeta, sorts: Sequence[Sort], *more: object) -> None:
        """`more` tells lists apart that are sorted by something else than fields; it can be written as JSON."""
        keys = [[*_identity(table, sort.field), sort.descending] for sort in sorts]
        order = orjson.dumps([*keys, *more]).decode()
        mixed = f"cursor:{secret_key}:{table.id}:{order}:"
        self._secret = hashlib.sha256(mixed.encode()).hexdigest()

    def sql(self, keys: Sequence[Key], parameters: Parameters) -> str:
        """A text expression: the cursor of the record whose keys these are."""
        values = ", ".join(f"({key.sql})::text" for key in keys)
        payload = f"encode(convert_to(json_build_array({values})::text, 'UTF8'), 'hex')"
        secret = parameters.constant(self._secret, "text")
        mac = f"left(encode(sha256(convert_to({secret}||p.payload, 'UTF8')), 'hex'), {_MAC_LENGTH})"
        return f"(SELECT p.payload||'.'||{mac} FROM (SELECT {payload} AS payload) p)"

    def read(self, cursor: str, argument: str) -> Position:
        """The position of a cursor; raises `BadRequest` when it was not made for this order by this server."""
        payload, _, mac = cursor[:MAX_CURSOR_LENGTH].partition(".")
        expected = hashlib.sha256((self._secret + payload).encode(errors="replace")).hexdigest()[:_MAC_LENGTH]
        if not hmac.compare_digest(mac.encode(errors="replace"), expected.encode()):
            raise BadRequest(_foreign_cursor(argument), argument=argument)
        return Position(tuple(orjson.loads(binascii.unhexlify(payload))))


def _identity(table: TableMeta, key: str) -> list[object]:
    """What the keys of a sort depend on: the column, and for a computed field its type and whether it can fail."""
    field = find_column(table, key)
    if not field.type.is_computed:
        return [field.column]
    can_fail = Row("r", table, Parameters()).error(field) is not None
    return [field.column, field.type.column_type_for(field.options), can_fail]


def _foreign_cursor(argument: str) -> str:
    return f"'{argument}' is not a cursor of this list: it was changed, or made for another table or another order."
