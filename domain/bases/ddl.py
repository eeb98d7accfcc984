"""The SQL texts that make, change and drop the PostgreSQL schemas and tables behind bases and tables."""

from collections.abc import Sequence
from typing import Final

from domain.bases.catalog import schema_name, table_name
from domain.sql import quote_name

SYSTEM_COLUMNS: Final = (
    "id uuid PRIMARY KEY",
    "revision integer NOT NULL DEFAULT 1",
    "created_at timestamptz NOT NULL DEFAULT now()",
    "updated_at timestamptz NOT NULL DEFAULT now()",
    "created_by uuid",
    "updated_by uuid",
)
"""The columns that every user's table begins with."""


def create_schema(base_number: int) -> str:
    """Make the PostgreSQL schema of a base."""
    return f"CREATE SCHEMA {quote_name(schema_name(base_number))}"


def drop_schema(base_number: int) -> str:
    """Drop the PostgreSQL schema of a base with everything in it."""
    return f"DROP SCHEMA {quote_name(schema_name(base_number))} CASCADE"


def create_table(base_number: int, table_number: int, columns: Sequence[str]) -> str:
    """Make a user's table; `columns` are definitions such as `f_7 text`."""
    definitions = ", ".join((*SYSTEM_COLUMNS, *columns))
    return f"CREATE TABLE {table_name(base_number, table_number)} ({definitions})"


def drop_table(table: str) -> str:
    """Drop a user's table, given by its qualified name."""
    return f"DROP TABLE {table}"


def column(field_number: int, definition: str) -> str:
    """A column's definition; `definition` comes from the field type's `column_ddl`."""
    return f"{column_name(field_number)} {definition}"


def column_name(field_number: int) -> str:
    """Name of the column of a field; safe to stand in SQL as it is."""
    return f"f_{field_number}"


def add_column(table: str, definition: str) -> str:
    """Add a column to a user's table."""
    return f"ALTER TABLE {table} ADD COLUMN {definition}"


def drop_column(table: str, field_number: int) -> str:
    """Drop the column of a field, and with it its indexes and the generated columns that are made of it."""
    return f"ALTER TABLE {table} DROP COLUMN {column_name(field_number)} CASCADE"


def drop_column_default(table: str, field_number: int) -> str:
    """Take the default off a column; rows that were filled by it keep their values."""
    return f"ALTER TABLE {table} ALTER COLUMN {column_name(field_number)} DROP DEFAULT"


def lock_writers_out(table: str) -> str:
    """Wait for the table's writers to finish and keep others out until the transaction ends; readers go on."""
    return f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE"


def analyze(table: str) -> str:
    """Let PostgreSQL look at what a table holds, which it plans its queries by."""
    return f"ANALYZE {table}"
