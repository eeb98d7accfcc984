"""A page of records, or of groups of them, and what is compared of it, as one statement: as one snapshot shows both."""

from dataclasses import dataclass

from domain.aggregates.compile import compile_aggregate
from domain.aggregates.query import AggregateShape
from domain.bases.catalog import TableMeta
from domain.records.compile import Statement
from domain.records.connection import compile_connection
from domain.records.query import ConnectionShape
from domain.records.rows import Row
from domain.sql import Parameters


@dataclass(frozen=True, slots=True)
class LiveShape:
    """Reads of the same page, each with what is selected of it."""

    pages: tuple[ConnectionShape | AggregateShape, ...]


def compile_live(shape: LiveShape, table: TableMeta, secret_key: str) -> Statement:
    """The statement: it answers the base's schema version, and the JSON of each page, NULL for another version.

    Whoever runs it answers for the rights of those who get to see it. No row when the base is gone.
    """
    parameters = Parameters()
    row = Row("r", table, parameters, secret_key)
    version = parameters.constant(table.schema_version, "bigint")
    pages = "".join(f", CASE WHEN b.schema_version = {version} THEN {_page(page, row)} END" for page in shape.pages)
    base = parameters.constant(table.base_id, "uuid")
    return Statement(f"SELECT b.schema_version{pages} FROM bases b WHERE b.id = {base}", parameters)


def _page(page: ConnectionShape | AggregateShape, row: Row) -> str:
    if isinstance(page, AggregateShape):
        return compile_aggregate(page, row)
    return compile_connection(page, row)
