"""The deleted records of a table that can be restored, as SQL: those whose last change is a deletion not long ago."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from domain.bases.catalog import TableMeta
from domain.changes.images import BEFORE, image, join_images
from domain.changes.pages import LogEdgeNode, LogEdges, LogPage, LogPageMembers
from domain.changes.seen import seen
from domain.changes.selection import EventActor, EventRecord
from domain.changes.values import MUTATION_ID
from domain.records.compile import Statement, guarded
from domain.records.query import FIRST_INPUT
from domain.records.rendering import JsonText, instant, json_string, render_record, render_user
from domain.records.selection import (
    WHOLE_PAGE_INFO,
    WHOLE_RECORD,
    EdgeCursor,
    Property,
    Typename,
    UserProperty,
)
from domain.records.write import Operation
from domain.sql import Parameters, quote_text


class DeletedProperty(Enum):
    """Properties of a deleted record that have no selection of their own."""

    DELETED_AT = "deletedAt"
    RESTORABLE_UNTIL = "restorableUntil"
    MUTATION_ID = "mutationId"


@dataclass(frozen=True, slots=True)
class DeletedValue:
    """A property of a deleted record."""

    key: str
    of: DeletedProperty


DeletedMembers = tuple[Typename | DeletedValue | EventActor | EventRecord, ...]
TrashMembers = LogPageMembers[DeletedMembers]

WHOLE_TRASH: Final[TrashMembers] = (
    LogEdges(
        "edges",
        (
            EdgeCursor("cursor"),
            LogEdgeNode(
                "node",
                (
                    *(DeletedValue(each.value, each) for each in DeletedProperty),
                    EventActor("deletedBy", (Property("id", UserProperty.ID),)),
                    EventRecord("record", WHOLE_RECORD),
                ),
            ),
        ),
    ),
    WHOLE_PAGE_INFO,
)
"""All that there is of a page of deleted records but its count."""


def was_deleted(change: str, table: TableMeta, retention: str) -> str:
    """The condition that a change, by its alias, deleted a record of the table that can still be restored."""
    return (
        f"{change}.kind = 'record' AND {change}.operation = {quote_text(Operation.DELETE.value)}"
        f" AND {change}.table_id = '{table.id}'::uuid AND {change}.at > now() - {retention}"
    )


@dataclass(frozen=True, slots=True)
class TrashShape:
    """The shape of a read of deleted records."""

    members: TrashMembers


def compile_trash(shape: TrashShape, table: TableMeta) -> Statement:
    """The statement for a page of the deleted records of a table, the last deleted first.

    Inputs behind the caller: how long they can be restored, the size of the page, and the place that it starts behind
    or null. It answers as a read does, see domain/records/compile.py.
    """
    parameters = Parameters()
    retention, size, place = (
        parameters.input(FIRST_INPUT + i, type) for i, type in enumerate(("interval", "bigint", "bigint"))
    )
    newer = "SELECT FROM changes d WHERE d.kind = 'record' AND d.record_id = c.record_id AND d.seq > c.seq"
    page = LogPage(
        changes=(
            f"SELECT c.* FROM changes c WHERE {was_deleted('c', table, retention)}"
            f" AND NOT EXISTS (SELECT FROM {table.sql_name} t WHERE t.id = c.record_id) AND NOT EXISTS ({newer})"
            f"{seen('c', table, parameters)}"
        ),
        joins=join_images(table, with_before=True),
        size=size,
        place=place,
        node=lambda members: _deleted(members, table, retention, parameters),
    )
    return Statement(guarded(page.sql(shape.members), table, parameters), parameters)


def _deleted(members: DeletedMembers, table: TableMeta, retention: str, parameters: Parameters) -> str:
    text = JsonText()
    for i, member in enumerate(members):
        text.literal(f"{',' if i else '{'}{json_string(member.key)}:")
        match member:
            case Typename(name=name):
                text.literal(json_string(name))
            case EventActor(members=user):
                text.expression(render_user(user, "e.actor_id"))
            case EventRecord(members=record):
                text.expression(render_record(record, image(BEFORE, table, parameters)))
            case DeletedValue(of=property):
                text.expression(_property(property, retention))
    text.literal("}")
    return text.sql()


def _property(property: DeletedProperty, retention: str) -> str:
    match property:
        case DeletedProperty.DELETED_AT:
            return instant("e.at")
        case DeletedProperty.RESTORABLE_UNTIL:
            return instant(f"(e.at + {retention})")
        case DeletedProperty.MUTATION_ID:
            return MUTATION_ID
