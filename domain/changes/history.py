"""The history of records, as SQL: the changes that the log still has of each, newest first."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from domain.bases.catalog import TableMeta
from domain.changes.images import AFTER, BEFORE, image, join_images
from domain.changes.new import OF_RECORDS
from domain.changes.pages import LogEdgeNode, LogEdges, LogPage, LogPageMembers
from domain.changes.seen import seen
from domain.changes.selection import EventActor
from domain.changes.values import MUTATION_ID, changed_fields, new_values, previous_values, type_name
from domain.records.compile import Statement, guarded
from domain.records.query import FIRST_INPUT
from domain.records.rendering import JsonText, instant, json_string, render_user
from domain.records.rows import Row
from domain.records.selection import (
    WHOLE_PAGE_INFO,
    EdgeCursor,
    NestedMember,
    Property,
    Typename,
    UserProperty,
)
from domain.sql import Parameters


class ChangeProperty(Enum):
    """Properties of a change that have no selection of their own."""

    TYPE = "type"
    REVISION = "revision"
    CHANGED_FIELDS = "changedFields"
    PREVIOUS = "previous"
    VALUES = "values"
    MUTATION_ID = "mutationId"
    AT = "at"


@dataclass(frozen=True, slots=True)
class ChangeValue:
    """A property of a change."""

    key: str
    of: ChangeProperty


ChangeMembers = tuple[Typename | ChangeValue | EventActor, ...]
HistoryMembers = LogPageMembers[ChangeMembers]

WHOLE_HISTORY: Final[HistoryMembers] = (
    LogEdges(
        "edges",
        (
            EdgeCursor("cursor"),
            LogEdgeNode(
                "node",
                (
                    *(ChangeValue(each.value, each) for each in ChangeProperty),
                    EventActor("actor", (Property("id", UserProperty.ID),)),
                ),
            ),
        ),
    ),
    WHOLE_PAGE_INFO,
)
"""All that there is of a page of a history."""


@dataclass(frozen=True, slots=True)
class RecordHistory(NestedMember):
    """`history` of a record: its newest changes, in the statement that reads the record."""

    key: str
    members: HistoryMembers
    size: int

    def sql(self, row: Row) -> str:
        """See `NestedMember`."""
        place = "NULL::bigint"
        return _history(self.members, row.table, f"{row.alias}.id", str(self.size), place, row.parameters)


def compile_histories(table: TableMeta) -> Statement:
    """The statement for pages of the histories of many records of a table.

    Inputs behind the caller: three arrays of equal length, with ids of records, sizes of pages, and the places that
    they start behind or null. It answers as a read does (see domain/records/compile.py), a JSON array in that order.
    """
    parameters = Parameters()
    ids, sizes, places = (
        parameters.input(FIRST_INPUT + i, type) for i, type in enumerate(("uuid[]", "bigint[]", "bigint[]"))
    )
    page = _history(WHOLE_HISTORY, table, "i.id", "i.size", "i.place", parameters)
    asked = f"unnest({ids}, {sizes}, {places}) WITH ORDINALITY i(id, size, place, n)"
    json = f"(SELECT '['||coalesce(string_agg({page}, ',' ORDER BY i.n), '')||']' FROM {asked})"
    return Statement(guarded(json, table, parameters), parameters)


def _history(members: HistoryMembers, table: TableMeta, id: str, size: str, place: str, parameters: Parameters) -> str:
    return LogPage(
        changes=f"SELECT c.* FROM changes c WHERE {OF_RECORDS} AND c.record_id = {id}{seen('c', table, parameters)}",
        joins=join_images(table, with_before=True),
        size=size,
        place=place,
        node=lambda change: _change(change, table, parameters),
    ).sql(members)


def _change(members: ChangeMembers, table: TableMeta, parameters: Parameters) -> str:
    text = JsonText()
    for i, member in enumerate(members):
        text.literal(f"{',' if i else '{'}{json_string(member.key)}:")
        match member:
            case Typename(name=name):
                text.literal(json_string(name))
            case EventActor(members=user):
                text.expression(render_user(user, "e.actor_id"))
            case ChangeValue(of=property):
                text.expression(_property(property, table, parameters))
    text.literal("}")
    return text.sql()


def _property(property: ChangeProperty, table: TableMeta, parameters: Parameters) -> str:
    match property:
        case ChangeProperty.TYPE:
            return type_name("e.operation")
        case ChangeProperty.REVISION:
            return "(coalesce(e.after, e.before)->>'revision')"
        case ChangeProperty.CHANGED_FIELDS:
            return changed_fields(table)
        case ChangeProperty.PREVIOUS:
            return previous_values(image(BEFORE, table, parameters))
        case ChangeProperty.VALUES:
            return new_values(image(AFTER, table, parameters))
        case ChangeProperty.MUTATION_ID:
            return MUTATION_ID
        case ChangeProperty.AT:
            return instant("e.at")
