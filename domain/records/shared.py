"""Pages of records that are read by a share link, as SQL: what allows the read is the link, not a member's role."""

from dataclasses import dataclass
from uuid import UUID

from domain.bases.catalog import TableMeta
from domain.records.compile import Statement
from domain.records.connection import compile_connection
from domain.records.filters import count_leaves
from domain.records.query import FIRST_INPUT, USER_INPUT, ConnectionShape
from domain.records.rows import Row
from domain.sql import Parameters


@dataclass(frozen=True, slots=True)
class SharedShape:
    """The shape of a read of a page through a link; `view_id` says what the table shows."""

    view_id: UUID
    page: ConnectionShape


def compile_shared(shape: SharedShape, table: TableMeta, secret_key: str) -> Statement:
    """The statement for a page of records, for as long as the link is there and has not expired.

    Its inputs are those of the page with the link's id in the place of the caller's. It answers the base's schema
    version, and the finished JSON where that is the one that was compiled for; no row where the link is no more.
    """
    page = shape.page
    inputs = FIRST_INPUT + 1 + len(page.page.position or ()) + count_leaves(page.filter)
    parameters = Parameters(free_input=inputs)
    json = compile_connection(page, Row("r", table, parameters, secret_key))
    version = parameters.constant(table.schema_version, "bigint")
    base, view = parameters.constant(table.base_id, "uuid"), parameters.constant(shape.view_id, "uuid")
    link = parameters.input(USER_INPUT, "uuid")
    return Statement(
        f"SELECT b.schema_version, CASE WHEN b.schema_version = {version} THEN {json} END FROM bases b"
        f" JOIN share_links s ON s.id = {link} AND s.view_id = {view}"
        f" AND (s.expires_at IS NULL OR s.expires_at > now()) WHERE b.id = {base}",
        parameters,
    )
