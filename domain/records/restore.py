"""Bringing deleted records back as SQL: one statement writes the rows that the change log kept, and logs them.

The answer is that of every write (see write.py); its refusals are `[index, column]`: the required fields of which a
record would have no value.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.bases.catalog import FieldMeta, TableMeta
from domain.bases.links import Side
from domain.fields.storage import encode_rows
from domain.fields.types.linked_record import LinkedRecordOptions
from domain.records.compile import Statement
from domain.records.selection import RecordMembers
from domain.records.write import ROWS, Operation, Write, WriteShape, row_image
from domain.sql import Parameters, quote_text


@dataclass(frozen=True, slots=True)
class RestoreShape:
    """The shape of a restoration; what is selected is read when all is written.

    `is_awaited` when the images have only links that will be there when the transaction ends.
    """

    selections: tuple[RecordMembers, ...] = ()
    is_awaited: bool = False


def compile_restore(shape: RestoreShape, table: TableMeta) -> Statement:
    """The statement that restores records of a table.

    Those that they were linked to must be locked before it, see `lock_linked`; the links to those that are gone by now
    are left out.
    """
    parameters = Parameters()
    write = _Restore(WriteShape(Operation.CREATE, (), is_awaited=shape.is_awaited), table, parameters)
    return Statement(write.sql(), parameters)


class _Restore(Write):
    """One compilation. `r` is a written row, `x` the row of an image."""

    def sql(self) -> str:
        steps = [self._guard(), self._images(), self._restored(), self._verdict_on_required(), *self._written()]
        steps.append(self._log("written r", "NULL", row_image("r"), "r.id"))
        return (
            f"WITH {', '.join(steps)} SELECT g.schema_version, g.role, v.ok, v.refusals, pg_current_snapshot()::text,"
            f" pg_current_xact_id()::text{self._outside()} FROM guard g CROSS JOIN verdict v"
        )

    def _images(self) -> str:
        """`images`: rows of the table's type; what it has no columns for by now is left out."""
        rows = self.parameters.input(ROWS, "jsonb")
        return (
            f"images AS MATERIALIZED (SELECT a.i - 1 AS i, a.image, x.* FROM jsonb_array_elements({rows})"
            f" WITH ORDINALITY a(image, i), LATERAL jsonb_populate_record(NULL::{self.table.sql_name}, a.image) x)"
        )

    def _restored(self) -> str:
        """`restored`: the rows as they are going to be, their links too."""
        values = "".join(f", {self._value(field)} AS {field.column}" for field in self._columns)
        links = "".join(f", {self._links_left(field)} AS {field.column}" for field in self.links)
        return (
            "restored AS MATERIALIZED (SELECT x.i, x.id, x.revision + 1 AS revision, x.created_at, x.created_by"
            f"{values}{links} FROM images x)"
        )

    @property
    def _columns(self) -> list[FieldMeta]:
        return [field for field in self.table.fields if is_kept(field) and field.type.has_column(field.options)]

    def _value(self, field: FieldMeta) -> str:
        """The value, or the default where it is required by now; a number of its own where there was none to count."""
        value = fitting_value(field, "x", self.parameters)
        if not field.type.is_writable:
            sequence = f"pg_get_serial_sequence({quote_text(self.table.sql_name)}, {quote_text(field.column)})"
            return f"coalesce({value}, nextval({sequence}))"
        if field.is_required and field.default_value is not None:
            return f"coalesce({value}, {self._default(field)})"
        return value

    def _default(self, field: FieldMeta) -> str:
        stored = field.type.parser(field.options)(field.default_value)
        rows = self.parameters.constant(encode_rows([{"v": stored}]), "json")
        return f"(SELECT v FROM json_to_recordset({rows}) AS d(v {field.type.column_type_for(field.options)}))"

    def _links_left(self, field: FieldMeta) -> str:
        """Those of the records that are there, or are restored with this one."""
        if self.shape.is_awaited:
            return links_left(field, "x.image", or_else="true")
        options = _options(field)
        also = "i.id::uuid IN (SELECT y.id FROM images y)" if options.linked_table.id == self.table.id else "false"
        return links_left(field, "x.image", or_else=also)

    def _verdict_on_required(self) -> str:
        required = [field for field in self._columns if field.is_required and field.type.is_writable]
        empty = ", ".join(f"CASE WHEN x.{f.column} IS NULL THEN {quote_text(f.column)} END" for f in required)
        missing = (
            f"SELECT json_agg(json_build_array(x.i, k) ORDER BY x.i)::text AS refusals"
            f" FROM restored x, unnest(ARRAY[{empty}]::text[]) k WHERE k IS NOT NULL"
        )
        return f"verdict AS MATERIALIZED (SELECT m.refusals IS NULL AS ok, m.refusals FROM ({missing}) m)"

    def _written(self) -> list[str]:
        """An autonumber is what it was."""
        columns = "".join(f", {field.column}" for field in self._columns)
        values = "".join(f", x.{field.column}" for field in self._columns)
        created = (
            f"created AS (INSERT INTO {self.table.sql_name} (id, revision, created_at, created_by, updated_by{columns})"
            f" OVERRIDING SYSTEM VALUE SELECT x.id, x.revision, x.created_at, x.created_by, {self.user}{values}"
            f" FROM restored x, guard g, verdict v WHERE v.ok AND {self._allowed} RETURNING *)"
        )
        links = "".join(f", x.{field.column}" for field in self.links)
        written = f"written AS (SELECT r.*{links} FROM created r JOIN restored x ON x.id = r.id)"
        return [created, written, *(self._junction(n, fields) for n, fields in self._junctions.items())]

    @property
    def _junctions(self) -> Mapping[int, Sequence[FieldMeta]]:
        """The link fields by the number of their junction table: two, where the table is linked to itself."""
        found: defaultdict[int, list[FieldMeta]] = defaultdict(list)
        for field in self.links:
            found[_options(field).side.number].append(field)
        return found

    def _junction(self, number: int, fields: Sequence[FieldMeta]) -> str:
        """The rows of a junction table; each link has its place among those of the records that come back.

        It may be there: others, that were written before, wait for these.
        """
        side = _options(fields[0]).side
        pairs = " UNION ALL ".join(_pairs(field) for field in fields)
        place = side.next_position
        return (
            f"l_{number} AS (INSERT INTO {side.table} (a, b, a_n, b_n)"
            f" SELECT p.a, p.b, coalesce(p.a_n, j.a_n, {place}), coalesce(p.b_n, j.b_n, {place})"
            f" FROM (SELECT q.a, q.b, max(q.a_n) AS a_n, max(q.b_n) AS b_n FROM ({pairs}) q GROUP BY q.a, q.b) p"
            f" LEFT JOIN {side.table} j ON j.a = p.a AND j.b = p.b"
            " ON CONFLICT (a, b) DO UPDATE SET a_n = excluded.a_n, b_n = excluded.b_n)"
        )


def _pairs(field: FieldMeta) -> str:
    side: Side = _options(field).side
    return (
        f"SELECT {'i.id' if side.own == 'b' else 'r.id'} AS a, {'r.id' if side.own == 'b' else 'i.id'} AS b,"
        f" {'NULL' if side.own == 'b' else 'i.n'}::bigint AS a_n, {'i.n' if side.own == 'b' else 'NULL'}::bigint AS b_n"
        f" FROM written r, unnest(r.{field.column}) WITH ORDINALITY i(id, n)"
    )


def is_kept(field: FieldMeta) -> bool:
    """Whether a field's value is part of a record's image, and not made of others."""
    return field.type.is_logged and not field.type.is_computed


def fitting_value(field: FieldMeta, alias: str, parameters: Parameters) -> str:
    """A value of a row that the log kept, as far as the field's options still allow it."""
    value = f"{alias}.{field.column}"
    return field.type.refit(value, field.options, parameters) or value


def links_left(field: FieldMeta, image: str, *, or_else: str = "false") -> str:
    """The linked records in an image, a jsonb expression, that are there, or for whose id `i.id` `or_else` holds."""
    linked = _options(field).linked_table.sql_name
    ids = f"jsonb_array_elements_text(nullif({image}->{quote_text(field.column)}, 'null')) WITH ORDINALITY i(id, n)"
    is_there = f"EXISTS (SELECT FROM {linked} lt WHERE lt.id = i.id::uuid)"
    return f"(SELECT array_agg(i.id::uuid ORDER BY i.n) FROM {ids} WHERE {is_there} OR {or_else})"


def lock_linked(field: FieldMeta, images: str) -> str:
    """Share a lock on the records that images link to by a field; `images` is a query of jsonb objects, or NULL."""
    ids = f"jsonb_array_elements_text(nullif(v.image->{quote_text(field.column)}, 'null')) i"
    return (
        f"SELECT r.id FROM {_options(field).linked_table.sql_name} r"
        f" WHERE r.id = ANY(ARRAY(SELECT i::uuid FROM ({images}) v(image), {ids})) ORDER BY r.id FOR KEY SHARE"
    )


def link_fields(table: TableMeta) -> list[FieldMeta]:
    """The linked record fields of a table, in the order in which the records that they lead to are locked."""
    links = [field for field in table.fields if isinstance(field.options, LinkedRecordOptions)]
    return sorted(links, key=lambda field: (_options(field).linked_table.number, field.number))


def _options(field: FieldMeta) -> LinkedRecordOptions:
    assert isinstance(field.options, LinkedRecordOptions)
    return field.options
