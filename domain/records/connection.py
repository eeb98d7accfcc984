"""A page of records as SQL: rows, their order, cursors and counts, rendered to one JSON text."""

from dataclasses import dataclass
from functools import cached_property

from domain.bases.catalog import TableMeta
from domain.records.columns import find_column
from domain.records.filters import compile_filter
from domain.records.paging import CursorCodec, Key, beyond, compile_order, order_by
from domain.records.query import FIRST_INPUT, ConnectionShape, Direction
from domain.records.rendering import JsonText, json_string, render_record
from domain.records.search import compile_search
from domain.records.selection import (
    EdgeCursor,
    EdgeNode,
    Edges,
    EventCursor,
    Nodes,
    PageInfo,
    PageProperty,
    Property,
    TotalCount,
    Typename,
)
from domain.sql import Parameters


def compile_connection(shape: ConnectionShape, table: TableMeta, secret_key: str, parameters: Parameters) -> str:
    """A text expression: the JSON object of the connection."""
    return _Connection(shape, table, secret_key, parameters).sql()


@dataclass
class _Connection:
    """One compilation. Rows are called `r`; in the page they carry `n`, their number from where the page starts."""

    shape: ConnectionShape
    table: TableMeta
    secret_key: str
    parameters: Parameters

    def sql(self) -> str:
        for sort in self.shape.sorts:
            find_column(self.table, sort.field)  # so that an unknown field is refused even where nothing is sorted
        text = JsonText()
        for i, member in enumerate(self.shape.members):
            text.literal(f"{',' if i else '{'}{json_string(member.key)}:")
            match member:
                case Typename(name=name):
                    text.literal(json_string(name))
                case Nodes(record=record):
                    text.expression(self._list(render_record(record, self.table, "r", self.parameters)))
                case Edges():
                    text.expression(self._list(self._edge(member)))
                case PageInfo():
                    self._page_info(text, member)
                case TotalCount():
                    text.expression(f"(SELECT count(*)::text FROM {self._source()})")
                case EventCursor():
                    text.expression(EVENT_CURSOR)
        text.literal("}")
        return self._with_page(text.sql())

    # --- rows ---

    @cached_property
    def _size(self) -> str:
        return self.parameters.input(FIRST_INPUT, "bigint")

    @property
    def _backward(self) -> bool:
        return self.shape.page.direction is Direction.BACKWARD

    @cached_property
    def _keys(self) -> tuple[Key, ...]:
        return compile_order(self.shape.sorts, self.table, "r", self.parameters)

    @cached_property
    def _codec(self) -> CursorCodec:
        return CursorCodec(self.secret_key, self.table, self.shape.sorts)

    @cached_property
    def _conditions(self) -> list[str]:
        """What every record of the list fulfils, on this page or another."""
        conditions = []
        next_input = FIRST_INPUT + 1 + len(self.shape.page.position or ())
        if self.shape.has_search:
            conditions.append(compile_search(self.table, "r", next_input, self.parameters))
            next_input += 1
        if self.shape.filter is not None:
            conditions.append(compile_filter(self.shape.filter, self.table, "r", next_input, self.parameters))
        return conditions

    @cached_property
    def _beyond(self) -> list[str]:
        position = self.shape.page.position
        if position is None:
            return ["true"]
        return beyond(self._keys, position, FIRST_INPUT + 1, self.parameters, backward=self._backward)

    def _source(self, *further: str) -> str:
        conditions = " AND ".join([*self._conditions, *(f"({each})" for each in further if each != "true")])
        return f"{self.table.sql_name} r" + (f" WHERE {conditions}" if conditions else "")

    def _rows(self, limit: str) -> str:
        """The page's rows: each branch behind the cursor in its turn, sorted and limited."""
        order = order_by(self._keys, backward=self._backward)
        bound = self.shape.page.bound
        branches = [f"(SELECT r.* FROM {self._source(each)} ORDER BY {order} LIMIT {bound})" for each in self._beyond]
        return f"SELECT r.* FROM ({' UNION ALL '.join(branches)}) r LIMIT {limit}"

    # --- the page: needed when more than one thing is asked of its rows ---

    @cached_property
    def _needs_page(self) -> bool:
        lists = sum(isinstance(member, Nodes | Edges) for member in self.shape.members)
        return lists > 1 or self._backward or any(isinstance(member, PageInfo) for member in self.shape.members)

    def _with_page(self, json: str) -> str:
        if not self._needs_page:
            return f"({json})"
        rows = self._rows(f"{self._size} + 1")
        return f"(WITH page AS MATERIALIZED (SELECT r.*, row_number() OVER () AS n FROM ({rows}) r) SELECT {json})"

    def _list(self, item: str) -> str:
        if not self._needs_page:
            return f"(SELECT '['||coalesce(string_agg({item}, ','), '')||']' FROM ({self._rows(self._size)}) r)"
        order = " ORDER BY r.n DESC" if self._backward else " ORDER BY r.n"
        return f"(SELECT '['||coalesce(string_agg({item}, ','{order}), '')||']' FROM page r WHERE r.n <= {self._size})"

    def _edge(self, edges: Edges) -> str:
        text = JsonText()
        for i, member in enumerate(edges.members):
            text.literal(f"{',' if i else '{'}{json_string(member.key)}:")
            match member:
                case Typename(name=name):
                    text.literal(json_string(name))
                case EdgeCursor():
                    text.expression(self._cursor())
                case EdgeNode(record=record):
                    text.expression(render_record(record, self.table, "r", self.parameters))
        text.literal("}")
        return text.sql()

    # --- page info ---

    def _cursor(self) -> str:
        return f"('\"'||{self._codec.sql(self._keys, self.parameters)}||'\"')"

    def _page_info(self, text: JsonText, info: PageInfo) -> None:
        for i, member in enumerate(info.members):
            text.literal(f"{',' if i else '{'}{json_string(member.key)}:")
            if isinstance(member, Typename):
                text.literal(json_string(member.name))
            elif isinstance(member, Property) and isinstance(member.of, PageProperty):
                text.expression(self._page_property(member.of))
        text.literal("}")

    def _page_property(self, property: PageProperty) -> str:
        more = f"(SELECT count(*) > {self._size} FROM page)::text"
        before = f"(EXISTS (SELECT FROM {self._source(self._not_beyond())}))::text" if self._has_position else "'false'"
        match property:
            case PageProperty.HAS_NEXT_PAGE:
                return before if self._backward else more
            case PageProperty.HAS_PREVIOUS_PAGE:
                return more if self._backward else before
            case PageProperty.START_CURSOR:
                return self._cursor_of_end(first=not self._backward)
            case PageProperty.END_CURSOR:
                return self._cursor_of_end(first=self._backward)

    @property
    def _has_position(self) -> bool:
        return self.shape.page.position is not None

    def _not_beyond(self) -> str:
        return f"({' OR '.join(f'({each})' for each in self._beyond)}) IS NOT TRUE" if self._beyond else "true"

    def _cursor_of_end(self, *, first: bool) -> str:
        which = "r.n" if first else "r.n DESC"
        row = f"SELECT {self._cursor()} FROM page r WHERE r.n <= {self._size} ORDER BY {which} LIMIT 1"
        return f"coalesce(({row}), 'null')"


EVENT_CURSOR = "('\"'||encode(convert_to(pg_current_snapshot()::text, 'UTF8'), 'hex')||'\"')"
"""A JSON string: the snapshot of the statement, as events are resumed from it."""
