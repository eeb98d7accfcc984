"""Writes of records as SQL: one statement checks access, writes the rows, logs them, and renders the answer.

Every statement has the same frame: `guard` holds the base's schema version and the caller's role; nothing is written
unless both are as the caller of the statement expects. Its answer is one row:

    schema_version, role, ok, refusals, event cursor's snapshot and transaction, then one JSON text a selection

`ok` is false when nothing was written because of `refusals`, a JSON array of `[index, revision]`: the records that are
not there (revision null) or were at another revision than the client expected.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from domain.access.membership import join_form, join_member
from domain.access.roles import Action, roles_that_may
from domain.bases.catalog import FieldMeta, TableMeta
from domain.bases.links import Side
from domain.fields.types.linked_record import LinkedRecordOptions
from domain.records.compile import Statement
from domain.records.rendering import render_record
from domain.records.rows import Row
from domain.records.selection import RecordMembers
from domain.sql import Parameters, quote_text

USER, MUTATION, ROWS, FORM, PARKED = range(5)
"""The inputs of every write: who, in which mutation, the rows as one JSON text (see the functions below), for what
comes through a published form the id of its view, and what values were put aside for it (see `park_values`)."""


class Operation(Enum):
    """What a write does; the value is what the change log says."""

    CREATE = "C"
    UPDATE = "U"
    DELETE = "D"


@dataclass(frozen=True, slots=True)
class WriteShape:
    """The shape of a write: the columns that it sets, and the selections that it renders.

    `is_uniform` when every row of an update sets all of `columns`; otherwise each row says which it sets.
    `is_single` when there is one row: its statement does without the joins and sorts that keep many rows together.
    `is_awaited` when other records may be linked to the new ones already, in the same transaction.
    `by_form` when what allows the write is a published form, not the role of a member.
    `parked` are columns whose values were put aside, so that records can exchange them.
    """

    operation: Operation
    columns: tuple[str, ...]
    selections: tuple[RecordMembers, ...] = ()
    is_uniform: bool = True
    is_single: bool = False
    is_awaited: bool = False
    by_form: bool = False
    parked: tuple[str, ...] = ()


def compile_write(shape: WriteShape, table: TableMeta) -> Statement:
    """The statement for a shape of write over a table."""
    parameters = Parameters()
    sql = Write(shape, table, parameters).sql()
    return Statement(sql, parameters)


class Write:
    """One compilation. `r` is a written row, `x` an input row, `l` a row as it was before."""

    def __init__(self, shape: WriteShape, table: TableMeta, parameters: Parameters) -> None:
        self.shape = shape
        self.shown = table
        """What is rendered; what is written and logged of a record is more than its writer may see."""
        self.rule = table.rule
        self.table = table = table.whole
        self.parameters = parameters
        by_column = {field.column: field for field in table.fields}
        self.fields = [by_column[column] for column in shape.columns]
        self.stored = [field for field in self.fields if field.type.has_column(field.options)]
        self.links = [field for field in table.fields if self._has_links(field)]
        self.user = parameters.input(USER, "uuid")
        self.mutation = parameters.input(MUTATION, "uuid")
        self.version = parameters.constant(table.schema_version, "bigint")

    def _has_links(self, field: FieldMeta) -> bool:
        """Whether a field's links are part of the images: those that an update sets, which may be few of thousands."""
        return isinstance(field.options, LinkedRecordOptions) and (not self._is_update or field in self.fields)

    def sql(self) -> str:
        steps = {
            Operation.CREATE: self._create,
            Operation.UPDATE: self._update,
            Operation.DELETE: self._delete,
        }[self.shape.operation]()
        answers = "".join(f", {self._answer(selection)}" for selection in self.shape.selections)
        verdict = "true, NULL" if self.shape.operation is Operation.CREATE else "v.ok, v.refusals"
        source = "guard g" if self.shape.operation is Operation.CREATE else "guard g CROSS JOIN verdict v"
        return (
            f"WITH {', '.join([self._guard(), *steps])}"
            f" SELECT g.schema_version, g.role, {verdict}, pg_current_snapshot()::text,"
            f" pg_current_xact_id()::text{self._outside()}{answers} FROM {source}"
        )

    # --- what policies leave to the writer ---

    def _outside(self) -> str:
        """A column, where there are policies: the ids of records that the write has made what its writer may not."""
        if self.rule is None:
            return ""
        return f", (SELECT json_agg(r.id)::text FROM written r WHERE NOT {self._writable('r')})"

    def _writable(self, alias: str) -> str:
        """The condition that the writer may write a row that is locked, or that was written."""
        assert self.rule is not None
        return self.rule.writable(Row(alias, self.table, self.parameters, is_image=True))

    def _in_sight(self) -> str:
        """A further condition: a record that the writer does not see is not there."""
        if self.rule is None or not self.rule.limits_reads:
            return ""
        return f" AND {self.rule.visible(Row('r', self.table, self.parameters))}"

    def _is_fixed(self) -> str | None:
        """The condition that a row `l` is not the writer's to change; None where there are no policies."""
        return None if self.rule is None else f"NOT {self._writable('l')}"

    # --- the frame ---

    def _guard(self) -> str:
        base = self.parameters.constant(self.table.base_id, "uuid")
        if self.shape.by_form:
            member = join_form(self.parameters.input(FORM, "uuid"))
        else:
            member = join_member(self.table, self.user)
        return f"guard AS MATERIALIZED (SELECT b.schema_version, m.role FROM bases b {member} WHERE b.id = {base})"

    @property
    def _allowed(self) -> str:
        roles = [role.value for role in roles_that_may(Action.WRITE_RECORDS)]
        return f"g.schema_version = {self.version} AND g.role = ANY({self.parameters.constant(roles, 'text[]')})"

    def _input(self, *columns: str) -> str:
        """`input`: the rows that were sent, as columns of the table's own types."""
        rows = self.parameters.input(ROWS, "json")
        typed = [*columns, *(f"{f.column} {f.type.column_type_for(f.options)}" for f in self.fields)]
        return f"input AS MATERIALIZED (SELECT * FROM json_to_recordset({rows}) AS x({', '.join(typed)}))"

    def _answer(self, selection: RecordMembers) -> str:
        json = render_record(selection, Row("r", self.shown, self.parameters, is_image=True))
        if self.shape.is_single:
            return f"(SELECT {json} FROM written r)"
        if self.shape.operation is Operation.CREATE:
            return f"(SELECT string_agg({json}, ',' ORDER BY r.id) FROM written r)"
        return f"(SELECT string_agg({json}, ',' ORDER BY x.i) FROM written r JOIN input x ON x.id = r.id)"

    def _log(self, source: str, before: str, after: str, record: str, condition: str = "") -> str:
        base = self.parameters.constant(self.table.base_id, "uuid")
        table = self.parameters.constant(self.table.id, "uuid")
        operation = quote_text(self.shape.operation.value)
        return (
            "logged AS (INSERT INTO changes"
            " (base_id, table_id, record_id, operation, actor_id, mutation_id, before, after)"
            f" SELECT {base}, {table}, {record}, {operation}, {self.user}, {self.mutation}, {before}, {after}"
            f" FROM {source}{condition})"
        )

    # --- the three operations ---

    def _create(self) -> list[str]:
        """Rows: objects of `id` and the columns that are set."""
        stored = [field.column for field in self.stored]
        columns = ["id", "created_by", "updated_by", *stored]
        values = ["x.id", self.user, self.user, *(f"x.{column}" for column in stored)]
        created = (
            f"INSERT INTO {self.table.sql_name} ({', '.join(columns)})"
            f" SELECT {', '.join(values)} FROM input x, guard g WHERE {self._allowed} RETURNING *"
        )
        if not self.links:
            steps = [f"written AS ({created})"]
        else:
            links = ", ".join(f"{self._given(field)} AS {field.column}" for field in self.links)
            steps = [
                f"created AS ({created})",
                f"written AS (SELECT r.*, {links} FROM created r JOIN input x ON {self._same('x', 'r')})",
                *(self._linked(field) for field in self.links if field in self.fields),
            ]
        return [self._input("id uuid"), *steps, self._log("written r", "NULL", row_image("r"), "r.id")]

    def _given(self, field: FieldMeta) -> str:
        """The links that a new record gets; those that it has already come behind, as in the junction table."""
        given = f"x.{field.column}" if field in self.fields else "NULL::uuid[]"
        if not self.shape.is_awaited:
            return given
        links = _side(field).links("r.id", "j")
        more = f"SELECT j.id FROM {links} WHERE j.id <> ALL(coalesce({given}, '{{}}')) ORDER BY j.n, j.id"
        return f"nullif({given} || ARRAY({more}), '{{}}')"

    def _update(self) -> list[str]:
        """Rows: objects of `id`, `i` (its index), `rev` (the revision expected, or null) and the columns that are set.

        In an update that is not uniform each row has `set`, the list of the columns that it sets.
        """
        changed = self._changed()
        assignments = [
            *(f"{f.column} = {self._new_value(f)}" for f in self.stored),
            f"revision = r.revision + ({changed})::integer",
            f"updated_at = CASE WHEN {changed} THEN now() ELSE r.updated_at END",
            f"updated_by = CASE WHEN {changed} THEN {self.user} ELSE r.updated_by END",
        ]
        written = (
            f"written AS (UPDATE {self.table.sql_name} r SET {', '.join(assignments)}"
            f" FROM locked l JOIN input x ON {self._same('x', 'l')} CROSS JOIN verdict v"
            f" WHERE v.ok AND r.id = l.id RETURNING r.*{self._new_links()})"
        )
        has_set = [] if self.shape.is_uniform else ["set text[]"]
        return [
            self._input("id uuid", "i integer", "rev integer", *has_set),
            *self._locked_and_verdict("x.rev IS NOT NULL AND x.rev <> l.revision"),
            written,
            *(self._unlinked(field) for field in self.links),
            *(self._linked(field) for field in self.links),
            self._log_of_update(),
        ]

    def _log_of_update(self) -> str:
        """Of the row before, the log keeps what differs; where one column is set, that is the one."""
        columns = [f.column for f in self.fields]
        before = values_of("l", [*columns, *_STAMPS])
        if len(columns) > 1:
            same = ", ".join(
                f"CASE WHEN l.{column} IS NOT DISTINCT FROM r.{column} THEN {quote_text(column)} END"
                for column in columns
            )
            before = f"({before}) - ARRAY[{same}]"
        source = f"written r JOIN locked l ON {self._same('l', 'r')}"
        return self._log(source, before, row_image("r"), "r.id", " WHERE r.revision <> l.revision")

    def _delete(self) -> list[str]:
        """Rows: objects of `id` and `i` (its index)."""
        written = (
            f"written AS (DELETE FROM {self.table.sql_name} r USING locked l, verdict v"
            " WHERE v.ok AND r.id = l.id RETURNING r.*)"
        )
        return [
            self._input("id uuid", "i integer"),
            *self._locked_and_verdict("false"),
            written,
            self._log("written r JOIN locked l ON r.id = l.id", row_image("l"), "NULL", "r.id"),
        ]

    # --- links: columns of `locked` and `written`, rows of junction tables ---

    def _new_links(self) -> str:
        """The links that an updated row gets."""
        return "".join(f", {self._new_value(f)} AS {f.column}" for f in self.links)

    def _present_links(self) -> str:
        row = Row("r", self.table, self.parameters)
        return "".join(f", {row.value(field)} AS {field.column}" for field in self.links)

    def _unlinked(self, field: FieldMeta) -> str:
        """Rows of a junction table that a written record no longer has."""
        side = _side(field)
        return (
            f"un{field.column} AS (DELETE FROM {side.table} j USING written r"
            f" WHERE j.{side.own} = r.id AND j.{side.other} <> ALL(coalesce(r.{field.column}, '{{}}')) RETURNING 1)"
        )

    def _linked(self, field: FieldMeta) -> str:
        """The links of the written records, in the order given. What was unlinked goes first: it may make room."""
        side = _side(field)
        after = f" WHERE (SELECT count(*) FROM un{field.column}) >= 0" if self._is_update else ""
        return (
            f"to{field.column} AS (INSERT INTO {side.table} AS j ({side.own}, {side.other}, {side.position})"
            f" SELECT r.id, i.id, i.n FROM written r, unnest(r.{field.column}) WITH ORDINALITY i(id, n){after}"
            f" ON CONFLICT (a, b) DO UPDATE SET {side.position} = excluded.{side.position}"
            f" WHERE j.{side.position} <> excluded.{side.position})"
        )

    @property
    def _is_update(self) -> bool:
        return self.shape.operation is Operation.UPDATE

    def _locked_and_verdict(self, outdated: str) -> list[str]:
        """`locked`: the rows as they are, locked in the order of their ids, so that two batches never deadlock."""
        return (
            [self._locked_one(), self._verdict_on_one(outdated)]
            if self.shape.is_single
            else [self._locked(), self._verdict(outdated)]
        )

    def _locked(self) -> str:
        columns, source = "r.*", f"{self.table.sql_name} r"
        if self.shape.parked:
            parked = f"json_to_recordset({self.parameters.input(PARKED, 'json')}) AS p(id uuid, was jsonb)"
            columns, source = "w.*", f"{source} JOIN {parked} USING (id), jsonb_populate_record(r, p.was) w"
        return (
            f"locked AS MATERIALIZED (SELECT {columns}{self._present_links()} FROM {source}"
            f" WHERE r.id = ANY(ARRAY(SELECT x.id FROM input x, guard g WHERE {self._allowed})){self._in_sight()}"
            " ORDER BY r.id FOR UPDATE OF r)"
        )

    def _locked_one(self) -> str:
        return (
            f"locked AS MATERIALIZED (SELECT r.*{self._present_links()} FROM {self.table.sql_name} r"
            f" WHERE r.id = (SELECT x.id FROM input x, guard g WHERE {self._allowed}){self._in_sight()} FOR UPDATE)"
        )

    def _verdict(self, outdated: str) -> str:
        is_fixed = self._is_fixed()
        refused, fixed, said = (
            ("", "", "") if is_fixed is None else (f" OR {is_fixed}", f", {is_fixed} AS fixed", ", fixed")
        )
        return (
            "verdict AS MATERIALIZED (SELECT count(*) FILTER (WHERE refused) = 0 AS ok,"
            f" (json_agg(json_build_array(i, revision{said}) ORDER BY i) FILTER (WHERE refused))::text AS refusals"
            f" FROM (SELECT x.i, l.revision{fixed}, l.id IS NULL OR ({outdated}){refused} AS refused"
            " FROM input x LEFT JOIN locked l ON l.id = x.id) checked)"
        )

    def _verdict_on_one(self, outdated: str) -> str:
        is_fixed = self._is_fixed()
        allowed, refused, said = (
            ("", "", "") if is_fixed is None else (f" AND NOT {is_fixed}", f" OR {is_fixed}", f", {is_fixed}")
        )
        refusal = f"json_build_array(json_build_array(0, l.revision{said}))::text"
        return (
            f"verdict AS MATERIALIZED (SELECT l.id IS NOT NULL AND ({outdated}) IS NOT TRUE{allowed} AS ok,"
            f" CASE WHEN l.id IS NULL OR ({outdated}){refused} THEN {refusal} END"
            " AS refusals FROM input x LEFT JOIN locked l ON true)"
        )

    def _same(self, left: str, right: str) -> str:
        """The join of two sources that stand for the same records."""
        return "true" if self.shape.is_single else f"{left}.id = {right}.id"

    def _new_value(self, field: FieldMeta) -> str:
        if self.shape.is_uniform:
            return f"x.{field.column}"
        column = quote_text(field.column)
        return f"CASE WHEN {column} = ANY(x.set) THEN x.{field.column} ELSE {self._old_value(field)} END"

    def _old_value(self, field: FieldMeta) -> str:
        """Of links, and of what was put aside, only the row as it was before has the value."""
        is_before = field in self.links or field.column in self.shape.parked
        return f"{'l' if is_before else 'r'}.{field.column}"

    def _changed(self) -> str:
        """Whether any value differs: an update that changes nothing leaves the revision and writes no log."""
        differs = [f"{self._old_value(f)} IS DISTINCT FROM {self._new_value(f)}" for f in self.fields]
        return " OR ".join(differs) or "false"


def _side(field: FieldMeta) -> Side:
    assert isinstance(field.options, LinkedRecordOptions)
    return field.options.side


_STAMPS = ("revision", "updated_at", "updated_by")
"""The columns that every change of a record changes."""


def row_image(alias: str) -> str:
    """A jsonb object of all columns of a row, so that the row can be made of it again."""
    return f"to_jsonb({alias})"


def values_of(alias: str, columns: Sequence[str]) -> str:
    """A jsonb object of some columns of a row; in pieces, since a call takes at most 100 arguments."""
    pieces = [
        ", ".join(f"{quote_text(column)}, {alias}.{column}" for column in columns[i : i + 50])
        for i in range(0, len(columns), 50)
    ]
    return " || ".join(f"jsonb_build_object({piece})" for piece in pieces)
