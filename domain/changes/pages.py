"""Pages of the change log, newest first, as SQL: one text expression with the JSON of a connection."""

import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from domain.errors import BadRequest
from domain.records.rendering import JsonText, json_string
from domain.records.selection import EdgeCursor, PageInfo, PageProperty, Property, TotalCount, Typename

NodeT = TypeVar("NodeT")

_MAX_NUMBER: Final = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class LogNodes(Generic[NodeT]):
    """`nodes` of a page of the log."""

    key: str
    node: NodeT


@dataclass(frozen=True, slots=True)
class LogEdgeNode(Generic[NodeT]):
    """`node` of an edge of a page of the log."""

    key: str
    node: NodeT


@dataclass(frozen=True, slots=True)
class LogEdges(Generic[NodeT]):
    """`edges` of a page of the log."""

    key: str
    members: tuple[EdgeCursor | LogEdgeNode[NodeT] | Typename, ...]


LogPageMember = Typename | LogNodes[NodeT] | LogEdges[NodeT] | PageInfo | TotalCount
LogPageMembers = tuple[LogPageMember[NodeT], ...]


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log. All but `node` are SQL.

    `changes` chooses rows `c` of the log, by a condition at its end; `joins` add to a row `e` of them what its JSON is
    made from; `size` is a number of rows, and `place` the number of the change that the page starts behind, or NULL.
    `node` makes the JSON of what is selected of a row.
    """

    changes: str
    joins: str
    size: str
    place: str
    node: Callable[[Any], str]

    def sql(self, members: LogPageMembers[Any]) -> str:
        """A text expression: the JSON object of the connection."""
        text = JsonText()
        for i, member in enumerate(members):
            text.literal(f"{',' if i else '{'}{json_string(member.key)}:")
            self._member(text, member)
        text.literal("}")
        behind = f"{self.changes} AND c.seq < coalesce({self.place}, {_MAX_NUMBER}) ORDER BY c.seq DESC"
        return (
            "(WITH page AS MATERIALIZED (SELECT c.*, row_number() OVER (ORDER BY c.seq DESC) AS n"
            f" FROM ({behind} LIMIT {self.size} + 1) c) SELECT {text.sql()})"
        )

    def _member(self, text: JsonText, member: LogPageMember[Any]) -> None:
        match member:
            case Typename(name=name):
                text.literal(json_string(name))
            case LogNodes(node=node):
                text.expression(self._list(self.node(node)))
            case LogEdges():
                text.expression(self._list(self._edge(member)))
            case PageInfo():
                self._page_info(text, member)
            case TotalCount():
                text.expression(f"(SELECT count(*)::text FROM ({self.changes}) c)")

    def _list(self, item: str) -> str:
        items = f"coalesce(string_agg({item}, ',' ORDER BY e.n), '')"
        return f"(SELECT '['||{items}||']' FROM page e{self.joins} WHERE e.n <= {self.size})"

    def _edge(self, edges: LogEdges[Any]) -> str:
        text = JsonText()
        for i, member in enumerate(edges.members):
            text.literal(f"{',' if i else '{'}{json_string(member.key)}:")
            match member:
                case Typename(name=name):
                    text.literal(json_string(name))
                case EdgeCursor():
                    text.expression(_CURSOR)
                case LogEdgeNode(node=node):
                    text.expression(self.node(node))
        text.literal("}")
        return text.sql()

    def _page_info(self, text: JsonText, info: PageInfo) -> None:
        for i, member in enumerate(info.members):
            text.literal(f"{',' if i else '{'}{json_string(member.key)}:")
            if isinstance(member, Typename):
                text.literal(json_string(member.name))
            elif isinstance(member, Property) and isinstance(member.of, PageProperty):
                text.expression(self._page_property(member.of))
        text.literal("}")

    def _page_property(self, property: PageProperty) -> str:
        match property:
            case PageProperty.HAS_NEXT_PAGE:
                return f"(SELECT count(*) > {self.size} FROM page)::text"
            case PageProperty.HAS_PREVIOUS_PAGE:
                return f"({self.place} IS NOT NULL)::text"
            case PageProperty.START_CURSOR:
                return self._cursor_of_end("e.n")
            case PageProperty.END_CURSOR:
                return self._cursor_of_end("e.n DESC")

    def _cursor_of_end(self, order: str) -> str:
        row = f"SELECT {_CURSOR} FROM page e WHERE e.n <= {self.size} ORDER BY {order} LIMIT 1"
        return f"coalesce(({row}), 'null')"


_CURSOR: Final = "('\"'||encode(convert_to(e.seq::text, 'UTF8'), 'hex')||'\"')"


def read_place(cursor: str | None, argument: str = "after") -> int | None:
    """The number of the change that a cursor stands for; raises `BadRequest` for what is none.

    A number that was made up leads to a page of the same list: it shows nobody what they may not see.
    """
    if cursor is None:
        return None
    try:
        digits = binascii.unhexlify(cursor).decode("ascii")
    except ValueError:
        digits = ""
    if not digits.isdecimal() or int(digits[:20]) > _MAX_NUMBER:
        raise BadRequest(f"'{argument}' is not a cursor of this list.", argument=argument)
    return int(digits)
