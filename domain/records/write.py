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

from domain.access.roles import Action, roles_that_may
from domain.bases.catalog import FieldMeta, TableMeta
from domain.records.compile import Statement
from domain.records.rendering import render_record
from domain.records.selection import RecordMembers
from domain.sql import Parameters, quote_text

USER, MUTATION, ROWS = range(3)
"""The inputs of every write: who, in which mutation, and the rows as one JSON text (see the functions below)."""


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
    """

    operation: Operation
    columns: tuple[str, ...]
    selections: tuple[RecordMembers, ...] = ()
    is_uniform: bool = True
    is_single: bool = False


def compile_write(shape: WriteShape, table: TableMeta) -> Statement:
    """The statement for a shape of write over a table."""
    parameters = Parameters()
    sql = _Write(shape, table, parameters).sql()
    return Statement(sql, parameters)


class _Write:
    """One compilation. `r` is a written row, `x` an input row, `l` a row as it was before."""

    def __init__(self, shape: WriteShape, table: TableMeta, parameters: Parameters) -> None:
        self.shape = shape
        self.table = table
        self.parameters = parameters
        by_column = {field.column: field for field in table.fields}
        self.fields = [by_column[column] for column in shape.columns]
        self.user = parameters.input(USER, "uuid")
        self.mutation = parameters.input(MUTATION, "uuid")
        self.version = parameters.constant(table.schema_version, "bigint")

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
            f" pg_current_xact_id()::text{answers} FROM {source}"
        )

    # --- the frame ---

    def _guard(self) -> str:
        base = self.parameters.constant(self.table.base_id, "uuid")
        return (
            "guard AS MATERIALIZED (SELECT b.schema_version, m.role FROM bases b JOIN workspace_members m"
            f" ON m.workspace_id = b.workspace_id AND m.user_id = {self.user} WHERE b.id = {base})"
        )

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
        json = render_record(selection, self.table, "r", self.parameters)
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
        columns = ["id", "created_by", "updated_by", *self.shape.columns]
        values = ["x.id", self.user, self.user, *(f"x.{column}" for column in self.shape.columns)]
        written = (
            f"written AS (INSERT INTO {self.table.sql_name} ({', '.join(columns)})"
            f" SELECT {', '.join(values)} FROM input x, guard g WHERE {self._allowed} RETURNING *)"
        )
        return [self._input("id uuid"), written, self._log("written r", "NULL", _stored_values("r"), "r.id")]

    def _update(self) -> list[str]:
        """Rows: objects of `id`, `i` (its index), `rev` (the revision expected, or null) and the columns that are set.

        In an update that is not uniform each row has `set`, the list of the columns that it sets.
        """
        changed = self._changed()
        assignments = [
            *(f"{f.column} = {self._new_value(f)}" for f in self.fields),
            f"revision = r.revision + ({changed})::integer",
            f"updated_at = CASE WHEN {changed} THEN now() ELSE r.updated_at END",
            f"updated_by = CASE WHEN {changed} THEN {self.user} ELSE r.updated_by END",
        ]
        written = (
            f"written AS (UPDATE {self.table.sql_name} r SET {', '.join(assignments)}"
            f" FROM locked l JOIN input x ON {self._same('x', 'l')} CROSS JOIN verdict v"
            f" WHERE v.ok AND r.id = l.id RETURNING r.*)"
        )
        has_set = [] if self.shape.is_uniform else ["set text[]"]
        return [
            self._input("id uuid", "i integer", "rev integer", *has_set),
            *self._locked_and_verdict("x.rev IS NOT NULL AND x.rev <> l.revision"),
            written,
            self._log_of_update(),
        ]

    def _log_of_update(self) -> str:
        """The log keeps the values that differ; where one column is set, that one does where the revision grew."""
        source = f"written r JOIN locked l ON {self._same('l', 'r')}"
        before, after = (_chosen_values(alias, self.fields) for alias in ("l", "r"))
        if len(self.fields) > 1:
            same = ", ".join(
                f"CASE WHEN l.{f.column} IS NOT DISTINCT FROM r.{f.column} THEN {quote_text(f.column)} END"
                for f in self.fields
            )
            source += f" CROSS JOIN LATERAL (SELECT ARRAY[{same}] AS columns) same"
            before, after = f"({before}) - same.columns", f"({after}) - same.columns"
        return self._log(source, before, after, "r.id", " WHERE r.revision <> l.revision")

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
            self._log("written r", _stored_values("r"), "NULL", "r.id"),
        ]

    def _locked_and_verdict(self, outdated: str) -> list[str]:
        """`locked`: the rows as they are, locked in the order of their ids, so that two batches never deadlock."""
        return (
            [self._locked_one(), self._verdict_on_one(outdated)]
            if self.shape.is_single
            else [self._locked(), self._verdict(outdated)]
        )

    def _locked(self) -> str:
        return (
            f"locked AS MATERIALIZED (SELECT r.* FROM {self.table.sql_name} r"
            f" WHERE r.id = ANY(ARRAY(SELECT x.id FROM input x, guard g WHERE {self._allowed}))"
            " ORDER BY r.id FOR UPDATE)"
        )

    def _locked_one(self) -> str:
        return (
            f"locked AS MATERIALIZED (SELECT r.* FROM {self.table.sql_name} r"
            f" WHERE r.id = (SELECT x.id FROM input x, guard g WHERE {self._allowed}) FOR UPDATE)"
        )

    def _verdict(self, outdated: str) -> str:
        return (
            "verdict AS MATERIALIZED (SELECT count(*) FILTER (WHERE refused) = 0 AS ok,"
            " (json_agg(json_build_array(i, revision) ORDER BY i) FILTER (WHERE refused))::text AS refusals"
            f" FROM (SELECT x.i, l.revision, l.id IS NULL OR ({outdated}) AS refused"
            " FROM input x LEFT JOIN locked l ON l.id = x.id) checked)"
        )

    def _verdict_on_one(self, outdated: str) -> str:
        return (
            f"verdict AS MATERIALIZED (SELECT l.id IS NOT NULL AND ({outdated}) IS NOT TRUE AS ok,"
            f" CASE WHEN l.id IS NULL OR ({outdated}) THEN json_build_array(json_build_array(0, l.revision))::text END"
            " AS refusals FROM input x LEFT JOIN locked l ON true)"
        )

    def _same(self, left: str, right: str) -> str:
        """The join of two sources that stand for the same records."""
        return "true" if self.shape.is_single else f"{left}.id = {right}.id"

    def _new_value(self, field: FieldMeta) -> str:
        if self.shape.is_uniform:
            return f"x.{field.column}"
        return f"CASE WHEN {quote_text(field.column)} = ANY(x.set) THEN x.{field.column} ELSE r.{field.column} END"

    def _changed(self) -> str:
        """Whether any value differs: an update that changes nothing leaves the revision and writes no log."""
        differs = [f"r.{f.column} IS DISTINCT FROM {self._new_value(f)}" for f in self.fields]
        return " OR ".join(differs) or "false"


_SYSTEM_COLUMNS = "'{id,revision,created_at,updated_at,created_by,updated_by}'::text[]"


def _stored_values(alias: str) -> str:
    """A jsonb object of all field columns of a row."""
    return f"to_jsonb({alias}) - {_SYSTEM_COLUMNS}"


def _chosen_values(alias: str, fields: Sequence[FieldMeta]) -> str:
    """A jsonb object of some field columns of a row; in pieces, since a call takes at most 100 arguments."""
    pieces = [
        ", ".join(f"{quote_text(f.column)}, {alias}.{f.column}" for f in fields[i : i + 50])
        for i in range(0, len(fields), 50)
    ]
    return " || ".join(f"jsonb_build_object({piece})" for piece in pieces) or "'{}'::jsonb"
