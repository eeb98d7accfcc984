"""The SQL texts that rewrite a user's table, so that the columns that were dropped from it stop counting.

PostgreSQL takes 1,600 columns a table, and a dropped one counts until the table itself is another one.
"""

from dataclasses import dataclass

COUNT_COLUMNS = "SELECT max(attnum) FROM pg_attribute WHERE attrelid = $1::text::regclass"
"""How many columns the table has used up, dropped ones included."""

COLUMNS = """
SELECT quote_ident(attname) AS name, attidentity <> '' AS is_identity, attgenerated <> '' AS is_generated
  FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
INDEXES = """
SELECT pg_get_indexdef(indexrelid) FROM pg_index
 WHERE indrelid = $1::text::regclass AND indisvalid
   AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
"""The statements that make the indexes anew, without those that constraints make, and those that failed to be built."""

CONSTRAINTS = """
SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
  FROM pg_constraint WHERE conrelid = $1::text::regclass AND contype IN ('p', 'u', 'x', 'f') ORDER BY contype = 'f'
"""
"""The statements that make the keys of the table anew; checks are copied with the columns."""

REFERENCES = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS make
  FROM pg_constraint WHERE confrelid = $1::text::regclass AND conrelid <> confrelid AND contype = 'f'
"""
"""The statements that drop the foreign keys of other tables that point here, and make them anew."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is copied; its name is quoted where it must be."""

    name: str
    is_identity: bool
    is_generated: bool


def lock(table: str) -> str:
    """Keep everybody out of the table, readers too."""
    return f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"


def create_copy(table: str, copy: str) -> str:
    """Make an empty copy of the table's columns, without keys and indexes."""
    return (
        f"CREATE TABLE {copy} (LIKE {table} INCLUDING COMMENTS INCLUDING COMPRESSION INCLUDING CONSTRAINTS"
        " INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING IDENTITY INCLUDING STORAGE)"
    )


def copy_rows(table: str, copy: str, columns: list[Column]) -> str:
    """Copy every row; generated values generate themselves."""
    names = ", ".join(column.name for column in columns if not column.is_generated)
    return f"INSERT INTO {copy} ({names}) OVERRIDING SYSTEM VALUE SELECT {names} FROM {table}"


FIND_SEQUENCE = "SELECT pg_get_serial_sequence($1, $2)"
"""The qualified name of the sequence of an identity column, quoted where it must be."""


def continue_sequence(sequence: str, copy: str) -> str:
    """Let the copy's sequence go on where the first one stands; both are qualified names."""
    return f"SELECT setval('{copy}', last_value, is_called) FROM {sequence}"


def replace(table: str, copy: str, name: str) -> str:
    """Drop the table and give the copy its unqualified name."""
    return f"DROP TABLE {table}; ALTER TABLE {copy} RENAME TO {name}"
