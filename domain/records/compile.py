"""From the shape of a read to one SQL statement.

The statement answers three columns: the base's current schema version, the caller's role in the workspace (no row
at all when there is none), and the finished JSON, which is NULL when the schema version is not the one that was
compiled for. So access and metadata are checked by the statement that reads, in the snapshot that it reads.
"""

from dataclasses import dataclass
from typing import Final

from domain.bases.catalog import TableMeta
from domain.errors import QueryTooComplex
from domain.records.connection import compile_connection
from domain.records.query import FIRST_INPUT, USER_INPUT, ConnectionShape, ReadShape, RecordListShape, RecordShape
from domain.records.rendering import render_record
from domain.sql import Parameters

MAX_STATEMENT_LENGTH: Final = 1_000_000
"""Characters; some 400 for each field of a table are enough to read or write all of them."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A compiled statement. `parameters.bind(inputs)` are its arguments."""

    sql: str
    parameters: Parameters

    def __post_init__(self) -> None:
        """Raise `QueryTooComplex` for a text that would take PostgreSQL seconds to read and hundreds of MB to plan."""
        if len(self.sql) > MAX_STATEMENT_LENGTH:
            raise QueryTooComplex(
                f"The selection comes to a statement of {len(self.sql):,} characters; at most {MAX_STATEMENT_LENGTH:,} "
                "are run. Select each field once, or fewer fields."
            )


def compile_read(shape: ReadShape, table: TableMeta, secret_key: str) -> Statement:
    """The statement for a shape of read over a table; raises `BadRequest` for what the table does not have."""
    parameters = Parameters()
    match shape:
        case ConnectionShape():
            json = compile_connection(shape, table, secret_key, parameters)
        case RecordShape():
            json = _one_record(shape, table, parameters)
        case RecordListShape():
            json = _record_list(shape, table, parameters)
    return Statement(guarded(json, table, parameters), parameters)


def guarded(json: str, table: TableMeta, parameters: Parameters) -> str:
    """The statement around a JSON expression: it is evaluated for a member only, and for the right schema version."""
    base = parameters.constant(table.base_id, "uuid")
    version = parameters.constant(table.schema_version, "bigint")
    user = parameters.input(USER_INPUT, "uuid")
    return (
        f"SELECT b.schema_version, m.role, CASE WHEN b.schema_version = {version} THEN {json} END"
        f" FROM bases b JOIN workspace_members m ON m.workspace_id = b.workspace_id AND m.user_id = {user}"
        f" WHERE b.id = {base}"
    )


def _one_record(shape: RecordShape, table: TableMeta, parameters: Parameters) -> str:
    json = render_record(shape.members, table, "r", parameters)
    id = parameters.input(FIRST_INPUT, "uuid")
    return f"coalesce((SELECT {json} FROM {table.sql_name} r WHERE r.id = {id}), 'null')"


def _record_list(shape: RecordListShape, table: TableMeta, parameters: Parameters) -> str:
    json = render_record(shape.members, table, "r", parameters)
    ids = parameters.input(FIRST_INPUT, "uuid[]")
    return (
        f"(SELECT '['||coalesce(string_agg({json}, ',' ORDER BY i.n), '')||']'"
        f" FROM unnest({ids}) WITH ORDINALITY i(id, n) JOIN {table.sql_name} r ON r.id = i.id)"
    )
