"""Selections inside selections: the pages of linked records in a tree, what they send, and where they start."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final, cast

from domain.bases.catalog import TableMeta
from domain.errors import BadRequest
from domain.fields.types.linked_record import LinkedRecordOptions
from domain.records.paging import CursorCodec, Sort
from domain.records.selection import (
    ConnectionMembers,
    EdgeNode,
    Edges,
    Given,
    LinkedRecords,
    Members,
    Nodes,
    NodeTexts,
    RecordMembers,
)

LINKED: Final = "linked"
"""Tells cursors of lists of linked records from those of tables."""
Tree = tuple[Any, ...]
"""Members of a record, a connection, an edge or a write; see selection.py."""


def linked_pages(members: Tree) -> Iterator[LinkedRecords]:
    """Every page of linked records, each before those inside it, in the order in which they are compiled."""
    for member in members:
        match member:
            case LinkedRecords():
                yield member
                yield from linked_pages(member.members)
            case Nodes(record=inner) | NodeTexts(record=inner) | EdgeNode(record=inner) | Edges(members=inner):
                yield from linked_pages(inner)


def has_pages(members: Tree) -> bool:
    """Whether linked records are selected anywhere."""
    return members.has_pages if isinstance(members, Members) else next(linked_pages(members), None) is not None


def nested_inputs(members: Tree) -> list[object]:
    """What is sent for all pages of linked records."""
    if not has_pages(members):
        return []
    return [value for page in linked_pages(members) for value in page.inputs]


def linked_table(table: TableMeta, key: str) -> TableMeta:
    """The table that a linked record field leads to; raises `BadRequest` for another field."""
    field = table.field(key)
    if not isinstance(field.options, LinkedRecordOptions):
        raise BadRequest(f"Field {key!r} is of type {field.type.key.upper()}; linked takes a LINKED_RECORD.", field=key)
    return table.linked(field.options.linked_table)


def placed(members: Tree, table: TableMeta, secret_key: str) -> Tree:
    """The tree with each cursor read; raises `BadRequest` for one that is not of its list."""
    if not has_pages(members) or all(page.after is None for page in linked_pages(members)):
        return members
    return Members(_placed(member, table, secret_key) for member in members)


def _placed(member: Any, table: TableMeta, secret_key: str) -> Any:
    match member:
        case LinkedRecords():
            return _placed_page(member, table, secret_key)
        case Nodes(record=inner) | NodeTexts(record=inner) | EdgeNode(record=inner):
            return replace(member, record=cast(RecordMembers, placed(inner, table, secret_key)))
        case Edges(members=inner):
            return replace(member, members=placed(inner, table, secret_key))
    return member


def _placed_page(page: LinkedRecords, table: TableMeta, secret_key: str) -> LinkedRecords:
    linked = linked_table(table, page.field)
    page = replace(page, members=cast(ConnectionMembers, placed(page.members, linked, secret_key)))
    if page.after is None:
        return page
    codec = CursorCodec(secret_key, linked, cast(tuple[Sort, ...], page.sorts), LINKED)
    position = codec.read(page.after, "after")
    return replace(page, after=None, position=position.shape, place=Given(position.values))
