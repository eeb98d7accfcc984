"""From the shape of a read to one SQL statement.

The statement answers three columns: the base's current schema version, the caller's role in the workspace (no row
at all when there is none), and the finished JSON, which is NULL when the schema version is not the one that was
compiled for. So access and metadata are checked by the statement that reads, in the snapshot that it reads.
"""

from dataclasses import dataclass, replace
from typing import Final

from domain.access.membership import join_form, join_member
from domain.aggregates.compile import compile_aggregate
from domain.aggregates.query import AggregateShape
from domain.bases.catalog import TableMeta
from domain.errors import QueryTooComplex
from domain.records.connection import compile_connection, compile_linked
from domain.records.filters import count_leaves
from domain.records.groups import compile_groups
from domain.records.query import (
    FIRST_INPUT,
    USER_INPUT,
    ConnectionShape,
    GroupsShape,
    ReadShape,
    RecordListShape,
    RecordShape,
)
from domain.records.rendering import render_record
from domain.records.rows import Row
from domain.sql import Parameters, quote_text

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

    def run_for(self, table: TableMeta) -> "Statement":
        """The statement as it is run for whom the metadata are for: one text serves all who have the same role."""
        return self if table.viewer is None else replace(self, parameters=self.parameters.for_viewer(table.viewer))


def compile_read(shape: ReadShape | AggregateShape, table: TableMeta, secret_key: str) -> Statement:
    """The statement for a shape of read over a table; raises `BadRequest` for what the table does not have."""
    parameters = Parameters(free_input=_count_inputs(shape))
    row = Row("r", table, parameters, secret_key)
    match shape:
        case ConnectionShape():
            json = compile_connection(shape, row)
        case GroupsShape():
            json = compile_groups(shape, row)
        case AggregateShape():
            json = compile_aggregate(shape, row)
        case RecordShape():
            json = _one_record(shape, row)
        case RecordListShape():
            json = _record_list(shape, row)
    by_form = isinstance(shape, RecordListShape) and shape.by_form
    return Statement(guarded(json, table, parameters, by_form=by_form), parameters)


def guarded(json: str, table: TableMeta, parameters: Parameters, *, by_form: bool = False) -> str:
    """The statement around a JSON expression: it is evaluated for a member only, and for the right schema version.

    `by_form` for what has just come through a published form, whose id is in the place of the caller's.
    """
    base = parameters.constant(table.base_id, "uuid")
    version = parameters.constant(table.schema_version, "bigint")
    user = parameters.input(USER_INPUT, "uuid")
    return (
        f"SELECT b.schema_version, m.role, CASE WHEN b.schema_version = {version} THEN {json} END"
        f" FROM bases b {join_form(user) if by_form else join_member(table, user)}"
        f" WHERE b.id = {base}"
    )


def _count_inputs(shape: ReadShape | AggregateShape) -> int:
    """How many inputs a read has, without those of the pages inside its selection."""
    match shape:
        case AggregateShape(page=page):
            return _count_inputs(page)
        case ConnectionShape():
            return FIRST_INPUT + 1 + len(shape.page.position or ()) + shape.has_search + count_leaves(shape.filter)
        case GroupsShape():
            return FIRST_INPUT + 3 + count_leaves(shape.filter)
    return FIRST_INPUT + 1


def _one_record(shape: RecordShape, row: Row) -> str:
    json = render_record(shape.members, row, compile_linked)
    id = row.parameters.input(FIRST_INPUT, "uuid")
    return f"coalesce((SELECT {json} FROM {row.table.source(row.parameters)} r WHERE r.id = {id}), 'null')"


def _record_list(shape: RecordListShape, row: Row) -> str:
    json = render_record(shape.members, row, compile_linked)
    ids = row.parameters.input(FIRST_INPUT, "uuid[]")
    return (
        f"(SELECT '['||coalesce(string_agg({json}, {quote_text(shape.separator)} ORDER BY i.n), '')||']'"
        f" FROM unnest({ids}) WITH ORDINALITY i(id, n) JOIN {row.table.source(row.parameters)} r ON r.id = i.id)"
    )
