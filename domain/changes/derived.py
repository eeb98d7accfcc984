"""Changes of other records that alter computed values of a table's records, as SQL.

The log says what became of the record that was written. Which records show something of it is found from there, along
the links, when the log is read: those that were linked before the change or after it, and those that are now. What the
change did to a value is found by computing it in two worlds, as it was before the change and after it, over all else as
it is now.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from domain.bases.catalog import FieldMeta, TableMeta
from domain.bases.links import Side
from domain.changes.cursor import OWN
from domain.changes.dependents import Path, Source, stored_sources
from domain.changes.new import OF_RECORDS
from domain.fields.types.linked_record import LinkedRecordOptions
from domain.records.columns import LinkedField, find_column
from domain.records.rows import Row
from domain.records.worlds import World
from domain.records.write import Operation
from domain.sql import Parameters, quote_text

NOBODY = f"'{OWN}'::uuid"
"""Less than the id of any record."""
_SIDES = ("before", "after")
_UPDATE = quote_text(Operation.UPDATE.value)


def concerning(table: TableMeta, sources: Sequence[Source], is_wanted: str | None = None) -> str:
    """The condition that a row `c` of the log is of a record of the table, and wanted, or of a source's."""
    wanted = "" if is_wanted is None else f" AND {is_wanted}"
    own = f"c.table_id = '{table.id}'::uuid{wanted}"
    if not sources:
        return f"{OF_RECORDS} AND {own}"
    # One list of tables, for the index; what matters of each comes after.
    ids = ",".join(str(each) for each in {table.id, *(source.table.id for source in sources)})
    any = " OR ".join(f"({each})" for each in [own, *(is_source(source, "c") for source in sources)])
    return f"{OF_RECORDS} AND c.table_id = ANY('{{{ids}}}'::uuid[]) AND ({any})"


def linked_fields(keys: Iterable[str], table: TableMeta) -> list[LinkedField]:
    """Those of a filter's or an order's keys that lead to linked records: to it, they are fields of the table."""
    found = (find_column(table, key) for key in keys)
    return [field for field in found if isinstance(field, LinkedField)]


def is_source(source: Source, change: str) -> str:
    """The condition that a change, an alias, is of a source's record and has touched what matters."""
    table = f"'{source.table.id}'::uuid"
    return f"{change}.table_id = {table} AND {touches(f'{change}.operation', f'{change}.before', source.columns)}"


def touches(operation: str, before: str, columns: Sequence[str]) -> str:
    """Whether a change may have altered one of the columns: an update keeps what was there before."""
    keys = ", ".join(map(quote_text, columns))
    return f"({operation} <> {_UPDATE} OR {before} ?| ARRAY[{keys}])"


@dataclass(frozen=True, slots=True)
class Derivation:
    """What the `changes`, a relation, of one source do to a table: `number` tells it from others in the statement."""

    source: Source
    table: TableMeta
    number: int
    parameters: Parameters
    changes: str = "log"

    @property
    def alias(self) -> str:
        """Of the edge of the worlds: what is known of the record that was written."""
        return f"w{self.number}"

    @property
    def values(self) -> str:
        """Alias of the values before."""
        return f"d{self.number}"

    # --- the edge of the worlds: a row a change ---

    def edges(self) -> str:
        """A common table expression of what `World` needs of each of the changes."""
        links = "".join(f", {self._link_columns(field)}" for field in self._links())
        return (
            f"edges{self.number} AS MATERIALIZED (SELECT e.seq, e.record_id AS id, e.operation, e.before AS image,"
            f" a AS after, b AS before{links} FROM {self.changes} e"
            f" LEFT JOIN {self.source.table.sql_name} s ON s.id = e.record_id"
            " LEFT JOIN LATERAL jsonb_populate_record(s, e.after) a ON e.after IS NOT NULL"
            " LEFT JOIN LATERAL jsonb_populate_record(a, e.before) b ON e.before IS NOT NULL"
            f" WHERE {is_source(self.source, 'e')}{self._in_sight('a', 'b')})"
        )

    def _in_sight(self, after: str, before: str) -> str:
        """A further condition: what becomes of a record that policies hide from the reader changes nothing here."""
        rule = self.table.linked(self.source.table).rule
        if rule is None or not rule.limits_reads:
            return ""
        rows = (Row(alias, self.source.table, self.parameters, is_image=True) for alias in (after, before))
        return f" AND ({' OR '.join(rule.visible(row) for row in rows)})"

    def _links(self) -> list[FieldMeta]:
        fields = self.source.table.fields
        return [f for f in fields if isinstance(f.options, LinkedRecordOptions) and f.options.result is not None]

    def _link_columns(self, field: FieldMeta) -> str:
        column = field.column
        sets = touches("e.operation", "e.before", [column])
        # Only where they are asked for: there may be thousands, in every copy of the row.
        ids = ", ".join(f"CASE WHEN {sets} THEN {_ids(f'e.{side}', column)} END AS {side}_{column}" for side in _SIDES)
        return f"{sets} AS sets_{column}, {ids}"

    # --- which records of the table a change concerns ---

    def concerned(self, behind: str = NOBODY, limit: str | None = None) -> str:
        """A query of `seq`, `derived` and `source`: each record once that the changes may concern.

        Of a change that was read in part, the ids are greater than `behind`, an expression over the edge `w`; and of
        each change, the first `limit` are enough.
        """
        paths = self.source.paths.items()
        ids = " UNION ".join(self._along(path, columns, behind, limit) for path, columns in paths)
        first = f"SELECT i.id FROM ({ids}) i WHERE i.id > {behind}"
        if limit is not None:
            first += f" ORDER BY i.id LIMIT {limit}"
        return (
            f"SELECT w.seq, i.id AS derived, {self.number} AS source FROM edges{self.number} w"
            f" CROSS JOIN LATERAL ({first}) i"
        )

    def _along(self, path: Path, columns: Sequence[str], behind: str, limit: str | None) -> str:
        """The records at the beginning of a path that leads to the changed record."""
        last = _side_of(path[-1])
        assert isinstance(path[-1].options, LinkedRecordOptions)
        shown = path[-1].options.symmetric_field.column
        touched = touches("w.operation", "w.image", columns)
        present = f"SELECT lj.{last.own} AS id FROM {last.table} lj WHERE lj.{last.other} = w.id"
        if len(path) == 1 and limit is not None:
            present = f"({present} AND lj.{last.own} > {behind} ORDER BY lj.{last.own} LIMIT {limit})"
        found = (
            f"SELECT h.id FROM ({present} UNION SELECT unnest(w.before_{shown} || w.after_{shown})"
            f" WHERE w.sets_{shown}) h"
        )
        for link in reversed(path[:-1]):
            side = _side_of(link)
            found = f"SELECT lj.{side.own} AS id FROM ({found}) h JOIN {side.table} lj ON lj.{side.other} = h.id"
        return f"SELECT f.id FROM ({found}) f WHERE {touched}"

    # --- what their values were before ---

    def joins(self) -> str:
        """Joins that add the edge and the values before, of the record `r`, to an event `e`."""
        number, alias = self.number, self.alias
        columns = ", ".join(self._values())
        return (
            f" LEFT JOIN edges{number} {alias} ON e.source = {number} AND {alias}.seq = e.seq"
            # Kept in one piece, so that each value is computed once.
            f" LEFT JOIN LATERAL (SELECT {columns} WHERE e.source = {number} OFFSET 0) {self.values} ON true"
        )

    def _values(self) -> Iterator[str]:
        before = self.row(is_after=False)
        for n, field in enumerate(self._shown):
            yield f"CASE WHEN {self._concerns(field)} THEN {before.json(field)} END AS b{n}"

    def _concerns(self, field: FieldMeta) -> str:
        """Whether the change has altered what a field's value is made of, and its own event does not name the field."""
        operation, image = f"{self.alias}.operation", f"{self.alias}.image"
        touched = touches(operation, image, self.source.fields[field])
        if self.source.table.id != self.table.id:
            return touched
        own = [source.column for source in stored_sources(field, self.table)]
        return f"{touched} AND NOT (r.id = {self.alias}.id AND {touches(operation, image, own)})" if own else touched

    @property
    def _shown(self) -> list[FieldMeta]:
        return [field for field in self.table.fields if field in self.source.fields]

    def row(self, *, is_after: bool) -> Row:
        """The record's row in one of the worlds."""
        world = World(self.source.table, self.alias, is_after)
        return Row("r", self.table, self.parameters.within(world))

    def has_changed(self, field: FieldMeta) -> str | None:
        """The condition that the change may have altered a field's value; None where it cannot.

        That the value before is the one after it does not prove that nothing has changed: of two changes that are seen
        together, each is looked at over what the other has left, and it may take both to change a value.
        """
        if field not in self.source.fields:
            return None
        return f"({self._concerns(field)})"

    def previous(self, field: FieldMeta) -> str:
        """The JSON of a value before the change."""
        return f"{self.values}.b{self._shown.index(field)}"

    def has_changed_any(self) -> str:
        """The condition that the change may have altered a value of the record."""
        return " OR ".join(f"{self.has_changed(field)}" for field in self._shown) or "false"


def _side_of(link: FieldMeta) -> Side:
    assert isinstance(link.options, LinkedRecordOptions)
    return link.options.side


def _ids(image: str, column: str) -> str:
    """The linked records' ids that an image has, in their order; NULL where it has none."""
    links = f"jsonb_array_elements_text(nullif({image}->{quote_text(column)}, 'null')) WITH ORDINALITY i(id, n)"
    return f"(SELECT array_agg(i.id::uuid ORDER BY i.n) FROM {links})"
