"""A page of records as SQL: rows, their order, cursors and counts, rendered to one JSON text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

from domain.bases.catalog import FieldMeta
from domain.changes.new import CURRENT
from domain.fields.types.linked_record import links_of
from domain.records.columns import find_column
from domain.records.filters import Shape, compile_filter
from domain.records.nesting import LINKED, linked_table
from domain.records.paging import CursorCodec, Key, Sort, beyond, compile_order, order_by
from domain.records.query import FIRST_INPUT, ConnectionShape, Direction, PageShape
from domain.records.rendering import JsonText, json_string, render_record
from domain.records.rows import Row
from domain.records.search import compile_search
from domain.records.selection import (
    AggregateGroupMembers,
    EdgeCursor,
    EdgeNode,
    Edges,
    EventCursor,
    LinkedRecords,
    Nodes,
    NodeTexts,
    PageInfo,
    PageProperty,
    Property,
    RecordMembers,
    TotalCount,
    Typename,
)


def compile_connection(shape: ConnectionShape, row: Row, within: str | None = None) -> str:
    """A text expression: the JSON object of the connection of `row`'s table; `within` is a condition on its records."""
    return Connection(shape, row, lambda: row.table.source(row.parameters), within=within).sql()


def compile_linked(page: LinkedRecords, row: Row) -> str:
    """A text expression: the JSON object of a page of the records that the record of a row is linked to.

    They are the rows `link_n`, their order, and the columns of their table.
    """
    there = row.to(linked_table(row.table, page.field))
    field = row.table.field(page.field)
    first_input = row.parameters.take_inputs(len(page.inputs))
    shape = ConnectionShape(
        page.members,
        cast(Shape | None, page.filter),
        cast(tuple[Sort, ...], page.sorts),
        has_search=False,
        page=PageShape(Direction.FORWARD, page.position, page.bound),
    )

    def source() -> str:
        links = f"{links_of(row, field, 'j')} JOIN {there.table.source(there.parameters)} t ON t.id = j.id"
        return f"(SELECT t.*, j.n AS link_n FROM {links})"

    return Connection(shape, there, source, first_input, is_linked=True).sql()


@dataclass
class Connection:
    """One compilation. Rows have the name of `row`; in the page they carry `n`, their number from where it starts.

    What is paged are the records of a table; a subclass may page something else.
    `inputs[first_input:]` are the size, the position's values, the search text and the filter's values.
    """

    shape: ConnectionShape
    row: Row
    make_source: Callable[[], str]
    """Called only where rows are asked for: PostgreSQL takes no parameter that nothing uses."""
    first_input: int = FIRST_INPUT
    within: str | None = None
    is_linked: bool = False

    def __post_init__(self) -> None:
        self.parameters = self.row.parameters
        self.r = self.row.alias

    def sql(self) -> str:
        for sort in self.shape.sorts:
            find_column(self.row.table, sort.field)  # so that an unknown one is refused even where nothing is sorted
        text = JsonText()
        for i, member in enumerate(self.shape.members):
            text.literal(f"{',' if i else '{'}{json_string(member.key)}:")
            match member:
                case Typename(name=name):
                    text.literal(json_string(name))
                case Nodes(record=record):
                    text.expression(self._list(self._item(record)))
                case NodeTexts(record=record):
                    text.expression(self._list(f"to_json({self._item(record)})::text"))
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

    def _item(self, members: RecordMembers | AggregateGroupMembers) -> str:
        """A text expression: the JSON of the row."""
        return render_record(cast(RecordMembers, members), self.row, compile_linked)

    # --- rows ---

    @cached_property
    def source(self) -> str:
        """What stands in a FROM clause for the list: the records that the caller may see."""
        return self.make_source()

    @cached_property
    def _size(self) -> str:
        return self.parameters.input(self.first_input, "bigint")

    @property
    def _backward(self) -> bool:
        return self.shape.page.direction is Direction.BACKWARD

    @cached_property
    def _keys(self) -> tuple[Key, ...]:
        """The order, as it is sorted by."""
        return self._keys_of(self._scanned)

    def _keys_of(self, row: Row) -> tuple[Key, ...]:
        if self.is_linked and not self.shape.sorts:
            position = Key(f"{self.r}.link_n", "bigint", False, nullable=False)
            return position, *compile_order((), row)
        return compile_order(self.shape.sorts, row)

    @cached_property
    def _joined(self) -> Mapping[FieldMeta, tuple[str, str]]:
        """What is sorted by as a join of the values of all records, where all of them are looked at anyway."""
        is_whole = self.within is None and self.shape.filter is None and not self.shape.has_search
        if self.is_linked or not is_whole:
            return {}
        fields = [find_column(self.row.table, sort.field) for sort in self.shape.sorts]
        joined = {field: field.type.joined(self.row, field, f"g{n}") for n, field in enumerate(fields)}
        return {field: each for field, each in joined.items() if each is not None}

    @cached_property
    def _scanned(self) -> Row:
        """The row where the list is sorted and cut; in the page it is the bare record's again."""
        return replace(self.row, joins={field: value for field, (_, value) in self._joined.items()})

    @cached_property
    def _codec(self) -> CursorCodec:
        more = (LINKED,) if self.is_linked else ()
        return CursorCodec(self.row.secret_key, self.row.table, self.shape.sorts, *more)

    @cached_property
    def _conditions(self) -> list[str]:
        """What every record of the list fulfils, on this page or another."""
        conditions = [] if self.within is None else [self.within]
        next_input = self.first_input + 1 + len(self.shape.page.position or ())
        if self.shape.has_search:
            conditions.append(compile_search(self.row, next_input))
            next_input += 1
        if self.shape.filter is not None:
            conditions.append(compile_filter(self.shape.filter, self.row, next_input))
        return conditions

    @cached_property
    def _beyond(self) -> list[str]:
        position = self.shape.page.position
        if position is None:
            return ["true"]
        return beyond(self._keys, position, self.first_input + 1, self.parameters, backward=self._backward)

    def _source(self, *further: str) -> str:
        conditions = " AND ".join([*self._conditions, *(f"({each})" for each in further if each != "true")])
        joins = "".join(join for join, _ in self._joined.values())
        return f"{self.source} {self.r}{joins}" + (f" WHERE {conditions}" if conditions else "")

    def _rows(self, limit: str) -> str:
        """The page's rows: each branch behind the cursor in its turn, sorted and limited."""
        order = order_by(self._keys, backward=self._backward)
        bound = self.shape.page.bound
        branches = [
            f"(SELECT {self.r}.* FROM {self._source(each)} ORDER BY {order} LIMIT {bound})" for each in self._beyond
        ]
        return f"SELECT {self.r}.* FROM ({' UNION ALL '.join(branches)}) {self.r} LIMIT {limit}"

    # --- the page: needed when more than one thing is asked of its rows ---

    @cached_property
    def _needs_page(self) -> bool:
        lists = sum(isinstance(member, Nodes | NodeTexts | Edges) for member in self.shape.members)
        return lists > 1 or self._backward or any(isinstance(member, PageInfo) for member in self.shape.members)

    def _with_page(self, json: str) -> str:
        if not self._needs_page:
            return f"({json})"
        rows = self._rows(f"{self._size} + 1")
        numbered = f"SELECT {self.r}.*, row_number() OVER () AS n FROM ({rows}) {self.r}"
        return f"(WITH page AS MATERIALIZED ({numbered}) SELECT {json})"

    def _list(self, item: str) -> str:
        if not self._needs_page:
            return f"(SELECT '['||coalesce(string_agg({item}, ','), '')||']' FROM ({self._rows(self._size)}) {self.r})"
        order = f" ORDER BY {self.r}.n DESC" if self._backward else f" ORDER BY {self.r}.n"
        page = f"page {self.r} WHERE {self.r}.n <= {self._size}"
        return f"(SELECT '['||coalesce(string_agg({item}, ','{order}), '')||']' FROM {page})"

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
                    text.expression(self._item(record))
        text.literal("}")
        return text.sql()

    # --- page info ---

    def _cursor(self) -> str:
        return f"('\"'||{self._codec.sql(self._keys_of(self.row), self.parameters)}||'\"')"

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
        n = f"{self.r}.n"
        which = n if first else f"{n} DESC"
        row = f"SELECT {self._cursor()} FROM page {self.r} WHERE {n} <= {self._size} ORDER BY {which} LIMIT 1"
        return f"coalesce(({row}), 'null')"


EVENT_CURSOR = f"('\"'||encode(convert_to({CURRENT}, 'UTF8'), 'hex')||'\"')"
"""A JSON string: the snapshot of the statement, as events are resumed from it."""
