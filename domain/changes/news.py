"""What is new of a topic, before anything is rendered of it: one statement for all who follow it in a process.

It tells how far it has seen, who has lost the right to follow, and by which values the streams are found that the
changes may concern.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final
from uuid import UUID

from domain.bases.catalog import TableMeta
from domain.changes.dependents import Source, sources_of
from domain.changes.derived import Derivation, concerning
from domain.changes.images import AFTER, BEFORE, image, join_images
from domain.changes.new import CURRENT, OF_RECORDS, OF_SCHEMAS, new_since
from domain.changes.predicates import column_hash
from domain.changes.viewers import is_member, is_signed_in, may_read, may_see_base, may_see_table, viewers
from domain.records.columns import find_column
from domain.records.compile import Statement
from domain.records.rows import Row
from domain.sql import Parameters

_FOUND: Final = f"""
       b.schema_version, {CURRENT}, (SELECT count(*) FROM log),
       (SELECT extract(epoch FROM clock_timestamp() - min(at))::float8 FROM log),
       ARRAY(SELECT v.n FROM viewers v WHERE ({is_signed_in("v")}) IS NOT TRUE),
       ARRAY(SELECT v.n FROM viewers v WHERE NOT {may_read("v")}),
"""


def found(may_see: str) -> str:
    """What every look answers of a base `b`, `viewers` and the `log` of what is new, see `compile_news`."""
    return f"{_FOUND}       ARRAY(SELECT v.n FROM viewers v WHERE NOT ({may_see}))\n"


FOUND_OF_BASE: Final = found(may_see_base("v", "b.workspace_id", "b.id"))


class Input(IntEnum):
    """The inputs of `compile_news`, by their position; the last three are arrays of the viewers' ids."""

    SINCE = 0
    VIEWERS = 1


@dataclass(frozen=True, slots=True)
class NewsShape:
    """`fields` are those (ids, names or system columns) whose values lead to streams.

    `paths` are fields of linked records that streams look at besides what the table's fields show of them.
    """

    fields: tuple[str, ...]
    paths: tuple[str, ...] = ()


def compile_news(shape: NewsShape, table: TableMeta) -> Statement:
    """The statement for the news of a table's records.

    It answers one row, or none when the base is gone: the schema version, the snapshot that was read, how many changes
    are new to `SINCE` (none when that is null), the age of the oldest in seconds, the numbers (from 1) of the viewers
    who are not signed in, of those whose API key may not read, and of those who are not members; then, for each field,
    the hashes of its values before and after the changes.
    """
    parameters = Parameters()
    since = f"{parameters.input(Input.SINCE, 'text')}::pg_snapshot"
    base = parameters.constant(table.base_id, "uuid")
    is_current = f"b.schema_version = {parameters.constant(table.schema_version, 'bigint')}"
    sources = _sources(table, shape.paths)
    log = (
        "SELECT c.seq, c.table_id, c.operation, c.record_id, c.before, c.after, c.at FROM changes c"
        f" WHERE (SELECT {is_current} FROM bases b WHERE b.id = {base})"
        f" AND {concerning(table, sources)} AND {new_since(since)}"
    )
    return Statement(
        f"WITH log AS MATERIALIZED ({log}), viewers AS MATERIALIZED ({viewers(Input.VIEWERS, parameters)})"
        f"{_hashes(shape.fields, table, sources, parameters)}"
        f" SELECT {found(_may_see(table))}"
        f"{''.join(f', {_distinct(n)}' for n in range(len(shape.fields)))}"
        f" FROM bases b WHERE b.id = {base}",
        parameters,
    )


def _may_see(table: TableMeta) -> str:
    """Whether a viewer `v` may see the table: the members of its workspace may, but where somebody has another role."""
    if table.access is None:
        return is_member("v", "b.workspace_id", "b.id")
    return may_see_table("v", "b.workspace_id", "b.id", f"'{table.id}'::uuid")


def source_ids(table: TableMeta, paths: Sequence[str]) -> list[UUID]:
    """The tables whose changes alter what the records of a table show, or their linked records in fields at `paths`."""
    return [source.table.id for source in _sources(table, paths)]


def _sources(table: TableMeta, paths: Sequence[str]) -> Sequence[Source]:
    return sources_of(table, [find_column(table, path) for path in paths])


def _hashes(fields: Sequence[str], table: TableMeta, sources: Sequence[Source], parameters: Parameters) -> str:
    """`hashes`: a row for each change, with the hashes of each field's values before and after it.

    Records that a change of others concerns have the values that they have now; those of any before come with changes
    of their own.
    """
    if not fields:
        return ""
    columns = [
        f"ARRAY[{', '.join(column_hash(field, image(alias, table, parameters)) for alias in (BEFORE, AFTER))}] AS f{n}"
        for n, field in enumerate(fields)
    ]
    own = f" WHERE e.table_id = {parameters.constant(table.id, 'uuid')}"
    queries = [f"SELECT {', '.join(columns)} FROM log e{join_images(table, with_before=True)}{own}"]
    derivations = [Derivation(source, table, n, parameters) for n, source in enumerate(sources)]
    if derivations:
        concerned = " UNION ".join(f"SELECT i.derived FROM ({each.concerned()}) i" for each in derivations)
        row = Row("q", table, parameters)
        present = ", ".join(f"ARRAY[{column_hash(field, row)}]" for field in fields)
        queries.append(f"SELECT {present} FROM ({concerned}) i JOIN {table.sql_name} q ON q.id = i.derived")
    edges = "".join(f", {each.edges()}" for each in derivations)
    return f"{edges}, hashes AS MATERIALIZED ({' UNION ALL '.join(queries)})"


def _distinct(n: int) -> str:
    return f"ARRAY(SELECT DISTINCT each FROM hashes h, unnest(h.f{n}) each WHERE each IS NOT NULL)"


POLL = f"""
WITH topics AS MATERIALIZED (
    SELECT t.*, x.id IS NOT NULL AS is_table, b.workspace_id, b.id AS base_id,
           b.schema_version IS DISTINCT FROM t.schema_version AS is_moved
      FROM unnest($1::uuid[], $2::bigint[], $3::text[], $8::text[])
           WITH ORDINALITY t(id, schema_version, since, tables, n)
      LEFT JOIN tables x ON x.id = t.id LEFT JOIN bases b ON b.id = coalesce(x.base_id, t.id)
), lost AS MATERIALIZED (
    SELECT v.n FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::bigint[]) v(user_id, session_id, api_key_id, n)
      JOIN topics t ON t.n = v.n
     WHERE ({is_signed_in("v")}) IS NOT TRUE OR NOT {may_read("v")}
        OR NOT CASE WHEN t.is_table THEN {may_see_table("v", "t.workspace_id", "t.base_id", "t.id")}
                    ELSE {may_see_base("v", "t.workspace_id", "t.base_id")} END
)
SELECT {CURRENT}, ARRAY(
    SELECT t.n FROM topics t
     WHERE t.is_moved OR t.n IN (SELECT l.n FROM lost l)
        OR CASE WHEN t.is_table
           THEN EXISTS (SELECT FROM changes c WHERE {OF_RECORDS} AND c.table_id = ANY(t.tables::uuid[])
                                                AND {new_since("t.since::pg_snapshot")})
           ELSE EXISTS (SELECT FROM changes c
                         WHERE {OF_SCHEMAS} AND c.base_id = t.id AND {new_since("t.since::pg_snapshot")})
           END
)
"""
"""Which of many topics need a look: their schema changed, there are changes, or a viewer has lost the right to follow.

Arguments: ids, known schema versions and positions of the topics; the users, sessions and API keys' secrets (ids) of
the viewers with the number of the topic (from 1) that each follows; for each topic the tables whose changes matter, as
an array's text. Answers the snapshot that was read, and the topics' numbers.
"""
