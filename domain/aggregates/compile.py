"""An aggregate as SQL: the groups of a table's records, a page of them, and their JSON, all of it one expression.

The groups are a common table expression that the page, its cursors and its count read. In it `k0`, `k1`, … are the
values of the keys, `m0`, `m1`, … those of the metrics, `c` how many records there are, and `h` the group's hash.
"""

from dataclasses import dataclass, field
from functools import cached_property

from domain.aggregates.keys import GroupKey, compile_key, compile_metric
from domain.aggregates.query import COUNT_NAME, AggregateShape, GroupBy, Grouping, Metric
from domain.bases.catalog import TableMeta
from domain.fields.aggregates import Aggregated
from domain.records.columns import find_column
from domain.records.connection import Connection
from domain.records.paging import CursorCodec, Key, Sort
from domain.records.rendering import JsonText, json_string
from domain.records.rows import Row
from domain.records.selection import AggregateGroupMembers, GroupPart, GroupProperty, RecordMembers, Typename

_HASH_LENGTH = 32


def compile_aggregate(shape: AggregateShape, row: Row) -> str:
    """A text expression: the JSON object of the connection of groups; raises `BadRequest` for what does not fit."""
    return _Groups(shape.page, row, lambda: row.table.source(row.parameters), grouping=shape.grouping).sql()


def group_codec(grouping: Grouping, table: TableMeta, secret_key: str) -> CursorCodec:
    """The cursors of the groups: they are good for the same keys in the same order, whatever their names are."""
    keys = [[find_column(table, key.field).column, key.bucket, key.time_zone, key.each_item] for key in grouping.keys]
    order = [[_sorted_by(grouping, sort, table), sort.descending] for sort in grouping.sorts]
    return CursorCodec(secret_key, table, (), "groups", keys, order)


def _sorted_by(grouping: Grouping, sort: Sort, table: TableMeta) -> list[object]:
    match found := grouping.place(sort.field):
        case GroupBy():
            return ["key", grouping.keys.index(found)]
        case Metric(field=None):
            return ["metric", found.function]
        case Metric(field=str() as name):
            return ["metric", found.function, find_column(table, name).column]
    return [COUNT_NAME]


@dataclass
class _Groups(Connection):
    """A page of groups: the connection's rows are the groups, and its conditions are those of the records in them."""

    grouping: Grouping = field(kw_only=True)

    def sql(self) -> str:
        page = super().sql()
        return f"(WITH groups AS MATERIALIZED ({self._groups()}) SELECT {page})"

    # --- the groups ---

    @cached_property
    def _group_keys(self) -> list[GroupKey]:
        return [compile_key(key, place, self.row) for place, key in enumerate(self.grouping.keys)]

    @cached_property
    def _metrics(self) -> list[Aggregated]:
        return [compile_metric(metric, self.row) for metric in self.grouping.metrics]

    def _groups(self) -> str:
        columns = [f"{key.sql} AS k{place}" for place, key in enumerate(self._group_keys)]
        by = ", ".join(str(place) for place in range(1, len(columns) + 1))
        columns += ["count(*) AS c", *(f"{each.sql} AS m{place}" for place, each in enumerate(self._metrics))]
        joins = "".join(key.join for key in self._group_keys)
        grouped = f"SELECT {', '.join(columns)} FROM {self.source} r{joins}"
        if self._conditions:
            grouped += f" WHERE {' AND '.join(self._conditions)}"
        if by:
            grouped += f" GROUP BY {by}"
        return f"SELECT r.*, {self._hash()} AS h FROM ({grouped}) r"

    def _hash(self) -> str:
        """A digest of what the keys are as JSON, which is the same for equal values, however they are stored."""
        text = JsonText()
        text.literal("[")
        for place, key in enumerate(self._group_keys):
            text.expression(key.json(f"r.k{place}", self.parameters))
            text.literal(",")
        return f"left(encode(sha256(convert_to({text.sql()}, 'UTF8')), 'hex'), {_HASH_LENGTH})"

    # --- the page ---

    def _source(self, *further: str) -> str:
        conditions = " AND ".join(f"({each})" for each in further if each != "true")
        return "groups r" + (f" WHERE {conditions}" if conditions else "")

    def _keys_of(self, row: Row) -> tuple[Key, ...]:
        """What is asked for, then the keys that are not named there, then the hash, which breaks all ties."""
        del row
        sorted_by = [self._sort_key(sort) for sort in self.grouping.sorts]
        named = {sort.field for sort in self.grouping.sorts}
        rest = [self._key_of(place, False) for place, key in enumerate(self.grouping.keys) if key.name not in named]
        return (*sorted_by, *rest, Key("r.h", "text", False, nullable=False))

    def _sort_key(self, sort: Sort) -> Key:
        match found := self.grouping.place(sort.field):
            case GroupBy():
                return self._key_of(self.grouping.keys.index(found), sort.descending)
            case Metric():
                place = self.grouping.metrics.index(found)
                return Key(f"r.m{place}", self._metrics[place].type, sort.descending)
        return Key("r.c", "bigint", sort.descending, nullable=False)

    def _key_of(self, place: int, descending: bool) -> Key:
        order = self._group_keys[place].order(f"r.k{place}", self.parameters)
        return Key(order.sql, order.type, descending)

    @cached_property
    def _codec(self) -> CursorCodec:
        return group_codec(self.grouping, self.row.table, self.row.secret_key)

    # --- the JSON of a group ---

    def _item(self, members: RecordMembers | AggregateGroupMembers) -> str:
        text = JsonText()
        for place, member in enumerate(members):
            text.literal(f"{',' if place else '{'}{json_string(member.key)}:")
            match member:
                case Typename(name=name):
                    text.literal(json_string(name))
                case GroupPart(of=property):
                    self._render(text, property)
        text.literal("}")
        return text.sql()

    def _render(self, text: JsonText, property: GroupProperty) -> None:
        match property:
            case GroupProperty.HASH:
                text.expression("('\"'||r.h||'\"')")
            case GroupProperty.COUNT:
                text.expression("r.c::text")
            case GroupProperty.KEY:
                values = [key.json(f"r.k{place}", self.parameters) for place, key in enumerate(self._group_keys)]
                _render_object(text, [key.name for key in self.grouping.keys], values)
            case GroupProperty.METRICS:
                found = [f"coalesce({each.json(f'r.m{place}')},'null')" for place, each in enumerate(self._metrics)]
                _render_object(text, [metric.name for metric in self.grouping.metrics], found)


def _render_object(text: JsonText, names: list[str], values: list[str]) -> None:
    text.literal("{")
    for place, (name, value) in enumerate(zip(names, values, strict=True)):
        text.literal(f"{',' if place else ''}{json_string(name)}:")
        text.expression(value)
    text.literal("}")
