"""The junction table behind a linked record field and the symmetric one: its names, its DDL, and a side of it as SQL.

`l_<n>`, named by the number of the field that the client made, has a row for each pair: `a`, a record of that field's
table, and `b`, a record of the other one. `a_n` orders the records that `a` has, `b_n` those that `b` has. A side that
takes one record only has a unique index, so that no race can give it two. The foreign keys can wait for the end of a
transaction: new records may be linked in circles.
"""

from dataclasses import dataclass
from typing import Final

from domain.bases.catalog import schema_name
from domain.sql import quote_name, quote_text

FIRST_POSITION: Final = 1_000_000
"""Links that the other side has made stand behind those that were given an order, which are counted from 1."""
_DEFERRABLE: Final = "DEFERRABLE INITIALLY IMMEDIATE"


@dataclass(frozen=True, slots=True)
class Side:
    """A junction table as one of its two fields sees it: `own` is the column of the field's records."""

    base_number: int
    number: int
    is_symmetric: bool

    @property
    def table(self) -> str:
        """Qualified name of the junction table."""
        return f"{quote_name(schema_name(self.base_number))}.{quote_name(f'l_{self.number}')}"

    @property
    def next_position(self) -> str:
        """An expression: a position behind all that were given an order."""
        return f"nextval({quote_text(self.sequence)})"

    @property
    def sequence(self) -> str:
        """Qualified name of the sequence of those positions."""
        return f"{quote_name(schema_name(self.base_number))}.{quote_name(f'l_{self.number}_n')}"

    @property
    def own(self) -> str:
        """The column of the field's own records."""
        return "b" if self.is_symmetric else "a"

    @property
    def other(self) -> str:
        """The column of the records that they are linked to."""
        return "a" if self.is_symmetric else "b"

    @property
    def position(self) -> str:
        """The column by which the linked records of a record are ordered."""
        return f"{self.own}_n"

    @property
    def single_index(self) -> str:
        """Name of the index by which a record has one linked record at most."""
        return f"l_{self.number}_{self.own}_single"

    def links(self, id: str, alias: str) -> str:
        """A FROM item: rows of `id` and `n`, the linked records of the record with this id and their order."""
        return (
            f"(SELECT lj.{self.other} AS id, lj.{self.position} AS n FROM {self.table} lj WHERE lj.{self.own} = {id})"
            f" {alias}"
        )

    def all_links(self, alias: str) -> str:
        """A FROM item: rows of `owner`, `id` and `n`, the linked records of all records and their order."""
        columns = f"lj.{self.own} AS owner, lj.{self.other} AS id, lj.{self.position} AS n"
        return f"(SELECT {columns} FROM {self.table} lj) {alias}"


def create_junction(side: Side, own_table: str, other_table: str) -> list[str]:
    """Make the junction table of a field and its symmetric one; the tables are given by their qualified names."""
    position = f"bigint NOT NULL DEFAULT {side.next_position}"
    return [
        f"CREATE SEQUENCE {side.sequence} START {FIRST_POSITION}",
        f"CREATE TABLE {side.table} (a uuid NOT NULL REFERENCES {own_table} (id) ON DELETE CASCADE {_DEFERRABLE},"
        f" b uuid NOT NULL REFERENCES {other_table} (id) ON DELETE CASCADE {_DEFERRABLE},"
        f" a_n {position}, b_n {position}, PRIMARY KEY (a, b))",
        f"CREATE INDEX ON {side.table} (b, a)",
        f"ALTER SEQUENCE {side.sequence} OWNED BY {side.table}.a_n",
    ]


def drop_junction(side: Side) -> str:
    """Drop the junction table, and all links with it."""
    return f"DROP TABLE {side.table}"


def limit_to_one(side: Side) -> str:
    """Let each record of a side have one linked record at most."""
    return f"CREATE UNIQUE INDEX {quote_name(side.single_index)} ON {side.table} ({side.own})"


def allow_many(side: Side) -> str:
    """Take back `limit_to_one`."""
    schema = quote_name(schema_name(side.base_number))
    return f"DROP INDEX {schema}.{quote_name(side.single_index)}"


def count_unlinked(side: Side, table: str) -> str:
    """How many records of a side, whose table is given by its qualified name, have no linked record."""
    return f"SELECT count(*) FROM {table} t WHERE NOT EXISTS (SELECT FROM {side.table} l WHERE l.{side.own} = t.id)"


def count_crowded(side: Side) -> str:
    """How many records of a side have several linked records."""
    return f"SELECT count(*) FROM (SELECT FROM {side.table} GROUP BY {side.own} HAVING count(*) > 1) crowded"
