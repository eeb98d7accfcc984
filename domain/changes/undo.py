"""What it takes to undo the changes that one mutation made of a table's records, and what is in the way, as SQL.

What a mutation did to a record is the difference between the record before its first change and behind its last one.
It is undone when the cells in which these differ are as the mutation left them, and nobody else has touched them
since: somebody who did, and set them back, has meant it. Cells that the caller changed, and changed back, are as they
were left; so mutations can be undone one after the other, the last one first.

The links of a cell are those of before the whole mutation, and of behind it, whichever side it changed them from. So
the former values of all records agree with each other, and it does not matter which are written first.
"""

from enum import Enum, IntEnum
from typing import Final

from domain.access.membership import join_member
from domain.bases.catalog import FieldMeta, TableMeta
from domain.changes.links import changed_links, with_changed
from domain.changes.schema_log import SchemaObject
from domain.records.compile import Statement
from domain.records.restore import fitting_value, is_kept, link_fields, links_left, lock_linked
from domain.records.rows import Row
from domain.records.write import row_image
from domain.sql import Parameters, quote_text


class Step(Enum):
    """What undoes the changes of a record; the value is what the statement says."""

    DELETE = "delete"
    UPDATE = "update"
    RESTORE = "restore"


_KINDS: Final = ", ".join(quote_text(kind) for kind in ("record", *(each.value for each in SchemaObject)))
"""Of what is changed by itself; other kinds follow from these."""

SUMMARY: Final = f"""
SELECT c.table_id, c.kind = 'record' AS is_of_record, count(DISTINCT c.record_id) AS records
  FROM changes c WHERE c.mutation_id = $1 AND c.actor_id = $2 AND c.at > now() - $3::interval AND c.kind IN ({_KINDS})
 GROUP BY 1, 2 ORDER BY max(c.seq) DESC
"""
"""Which tables a mutation changed, and how many records of each: its id, the caller's, and how long it may be ago.

The last one comes first: values that must be unique are free again in the reverse of the order they were taken in.
"""


class Input(IntEnum):
    """The inputs of the statements, by their position."""

    USER = 0
    MUTATION = 1


def hold(table: TableMeta) -> str:
    """A query of the schema version of the table's base, which stays until the transaction ends, and the caller's role.

    Arguments are the base's id and the caller's.
    """
    return f"SELECT b.schema_version, m.role FROM bases b {join_member(table, '$2')} WHERE b.id = $1 FOR SHARE OF b"


def compile_lock(table: TableMeta) -> Statement:
    """The statement that locks the records which a mutation changed, as every write does: in the order of their ids."""
    parameters = Parameters()
    ids = f"SELECT c.record_id FROM changes c WHERE {_of_mutation(table, parameters)}"
    return Statement(
        f"SELECT FROM {table.sql_name} r WHERE r.id = ANY(ARRAY({ids})) ORDER BY r.id FOR UPDATE", parameters
    )


def compile_locks_of_linked(table: TableMeta) -> list[Statement]:
    """The statements that share a lock on the records to which those of a mutation were or are linked."""
    return [_lock_of_linked(field, table) for field in link_fields(table)]


def _lock_of_linked(field: FieldMeta, table: TableMeta) -> Statement:
    parameters = Parameters()
    condition = _of_mutation(table, parameters)
    images = f"SELECT unnest(ARRAY[c.before, c.after]) FROM changes c WHERE {condition}"
    return Statement(lock_linked(field, images), parameters)


def compile_undo(table: TableMeta) -> Statement:
    """The statement that finds the steps; the records must be locked before it.

    It answers rows of: the step, the record's id, the columns that have changed since, whether the record is there
    although it should not be or the other way round, the required columns that would be empty, the columns to set, and
    the row to write as JSON text: of an update with its index `i`, of a restoration an image, of a deletion None.
    """
    parameters = Parameters()
    return Statement(_Undo(table, parameters).sql(), parameters)


def _of_mutation(table: TableMeta, parameters: Parameters) -> str:
    return f"{_of_any_table(parameters)} AND c.table_id = {parameters.constant(table.id, 'uuid')}"


def _of_any_table(parameters: Parameters) -> str:
    user, mutation = parameters.input(Input.USER, "uuid"), parameters.input(Input.MUTATION, "uuid")
    return f"c.mutation_id = {mutation} AND c.actor_id = {user} AND c.kind = 'record'"


class _Undo:
    """One compilation. `n` is what the mutation did to a record, `t` the record's present row.

    Of `n`: `was`, whether the record was there before, `stays`, whether it was behind it; `left_as`, the row as the
    mutation left it, or deleted it; `seq`, the number of its last change; `before`, the former values, the first ones.
    """

    def __init__(self, table: TableMeta, parameters: Parameters) -> None:
        self.table = table
        self.parameters = parameters
        self.fields = [field for field in table.fields if is_kept(field)]
        self.links = link_fields(table)
        self.columns = parameters.constant([field.column for field in self.fields], "text[]")

    def sql(self) -> str:
        number = "row_number() OVER (PARTITION BY s.step ORDER BY s.id) - 1"
        of_table = f"c.table_id = {self.parameters.constant(self.table.id, 'uuid')}"
        links = "".join(
            f", links_{field.column} AS MATERIALIZED ({changed_links(field, self.table, 'mine')})"
            for field in self.links
        )
        return (
            f"WITH mine AS MATERIALIZED (SELECT c.* FROM changes c WHERE {_of_any_table(self.parameters)}),"
            f" own AS (SELECT c.* FROM mine c WHERE {of_table}), gone AS MATERIALIZED ({_GONE}){links},"
            f" net AS MATERIALIZED ({_NET}), states AS MATERIALIZED ({self._states()}),"
            f" whole AS MATERIALIZED ({self._whole()}), steps AS MATERIALIZED ({self._steps()})"
            f" SELECT s.step, s.id, ({self._touched()}) AS touched, (s.step = 'restore') = s.is_there AS is_misplaced,"
            f" {self._emptied()} AS emptied, s.cells,"
            " (CASE s.step WHEN 'update' THEN s.value || jsonb_build_object('id', s.id, 'set', to_jsonb(s.cells),"
            f" 'i', {number}) WHEN 'restore' THEN s.image || jsonb_build_object('revision', s.present->'revision')"
            " END)::text AS row FROM steps s ORDER BY s.id"
        )

    def _states(self) -> str:
        """Each record as it is now, and what it takes; a record that is not there is as its last change left it."""
        last = (
            "SELECT c.before FROM changes c WHERE c.kind = 'record' AND c.record_id = n.id ORDER BY c.seq DESC LIMIT 1"
        )
        return (
            f"SELECT n.*, ({_FORMER}) AS before, t.id IS NOT NULL AS is_there,"
            " CASE WHEN NOT n.was THEN 'delete' WHEN n.stays THEN 'update' ELSE 'restore' END AS step,"
            f" CASE WHEN t.id IS NOT NULL THEN {row_image('t')} ELSE ({last}) END AS present"
            f" FROM net n LEFT JOIN LATERAL ({self._present()}) t ON true"
            " WHERE n.was OR n.stays"
        )

    def _whole(self) -> str:
        """With links as they were and are left, whoever's change it was; a deleted record has only those it had.

        The joins are full ones, since these are hashed, whatever number of rows the planner expects.
        """
        before, left_as, joins = "s.before", "s.left_as", ""
        for field in self.links:
            alias = f"l{field.column}"
            joins += f" FULL JOIN links_{field.column} {alias} ON {alias}.id = s.id"
            before += with_changed("s.before", field, f"{alias}.others", f"{alias}.was", "s.present")
            left_as += with_changed("s.left_as", field, f"{alias}.others", f"{alias}.stays", "s.present")
        return (
            f"SELECT s.id, s.seq, s.was, s.stays, s.step, s.is_there, s.present, {before} AS before,"
            f" CASE WHEN s.stays THEN {left_as} ELSE s.left_as END AS left_as FROM states s{joins}"
            " WHERE coalesce(s.was OR s.stays, false)"
        )

    def _present(self) -> str:
        """The record's row with its links, as images have them."""
        row = Row("r", self.table, self.parameters)
        links = "".join(f", {row.value(field)} AS {field.column}" for field in self.links)
        return f"SELECT r.*{links} FROM {self.table.sql_name} r WHERE r.id = n.id"

    def _steps(self) -> str:
        """With the cells that the mutation changed: all of them, of a record that it created or deleted."""
        differs = "n.before ? k AND n.before->k IS DISTINCT FROM n.left_as->k"
        cells = f"ARRAY(SELECT k FROM unnest({self.columns}) k WHERE n.step <> 'update' OR ({differs}))"
        return (
            f"SELECT n.*, u.cells, o.image, {self._value()} AS value FROM whole n"
            f" CROSS JOIN LATERAL (SELECT {cells} AS cells) u CROSS JOIN LATERAL (SELECT {self._image()} AS image) o"
            f" CROSS JOIN LATERAL jsonb_populate_record(NULL::{self.table.sql_name}, n.before) b"
            " WHERE cardinality(u.cells) > 0 OR n.step <> 'update'"
        )

    def _image(self) -> str:
        """The record before, with those of its links that lead to records that are there, or that come back with it."""
        also = "i.id::uuid IN (SELECT g.id FROM gone g)"
        links = (
            f" || jsonb_build_object({quote_text(field.column)}, {links_left(field, 'n.before', or_else=also)})"
            for field in self.links
        )
        return f"n.before{''.join(links)}"

    def _value(self) -> str:
        """The former values of the cells, as far as the fields' options allow them."""
        former = "coalesce((SELECT jsonb_object_agg(k, o.image->k) FROM unnest(u.cells) k), '{}')"
        for field in self.fields:
            if field in self.links:
                continue
            value = fitting_value(field, "b", self.parameters)
            if value != f"b.{field.column}":
                column = quote_text(field.column)
                fitting = f"jsonb_build_object({column}, {value})"
                former += f" || CASE WHEN {column} = ANY(u.cells) THEN {fitting} ELSE '{{}}' END"
        return f"CASE n.step WHEN 'update' THEN {former} END"

    def _touched(self) -> str:
        """The cells that are not as the mutation left them, or that somebody else has changed since."""
        return (
            f"SELECT ARRAY(SELECT k FROM unnest(s.cells) k WHERE w.is_whole OR k = ANY(w.by_others)"
            " OR CASE WHEN s.left_as ? k THEN s.present->k IS DISTINCT FROM s.left_as->k ELSE k = ANY(w.by_all) END)"
            f" FROM ({self._since()}) w"
        )

    def _since(self) -> str:
        """What has been changed since: the whole record by somebody else, cells by somebody else, and by anybody."""
        others = f"c.actor_id IS DISTINCT FROM {self.parameters.input(Input.USER, 'uuid')}"
        return (
            f"SELECT coalesce(bool_or(c.operation <> 'U' AND {others}), false) AS is_whole,"
            f" coalesce(array_agg(k.key) FILTER (WHERE k.key IS NOT NULL AND {others}), '{{}}') AS by_others,"
            " coalesce(array_agg(k.key) FILTER (WHERE k.key IS NOT NULL), '{}') AS by_all"
            " FROM changes c LEFT JOIN LATERAL jsonb_object_keys(CASE WHEN c.operation = 'U' THEN c.before END) k(key)"
            " ON true WHERE c.kind = 'record' AND c.record_id = s.id AND c.seq > s.seq"
        )

    def _emptied(self) -> str:
        stored = [field for field in self.fields if field not in self.links]
        required = [field.column for field in stored if field.is_required and field.type.is_writable]
        columns = self.parameters.constant(required, "text[]")
        return f"ARRAY(SELECT k FROM unnest({columns}) k WHERE s.value->k = 'null')"


_NET: Final = """
SELECT o.record_id AS id, max(o.seq) AS seq,
       (array_agg(o.operation ORDER BY o.seq))[1] <> 'C' AS was,
       (array_agg(o.operation ORDER BY o.seq DESC))[1] <> 'D' AS stays,
       (array_agg(coalesce(o.after, o.before) ORDER BY o.seq DESC))[1] AS left_as,
       array_agg(o.before ORDER BY o.seq) AS images
  FROM own o GROUP BY o.record_id
"""
_FORMER: Final = """
SELECT jsonb_object_agg(e.key, e.value ORDER BY f.i DESC)
  FROM unnest(n.images) WITH ORDINALITY f(image, i), jsonb_each(f.image) e
"""
"""Of a value before, that of the first change comes last and so is the one that stays."""
_GONE: Final = """
SELECT c.record_id AS id FROM mine c GROUP BY 1 HAVING (array_agg(c.operation ORDER BY c.seq DESC))[1] = 'D'
"""
"""The records that the mutation deleted, which come back."""
