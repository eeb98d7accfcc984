"""Events of live lists, as objects for ordinary resolvers; most are rendered already, see streams.py."""

from collections.abc import Mapping
from typing import Any

import strawberry

from domain.bases.catalog import TableMeta
from domain.records.list_patches import RecordListPatchType
from domain.records.live_selection import LiveRecordsType
from domain.records.stored import stored_record
from graph.enums import expose
from graph.paging import PageInfo, page_info
from graph.records.types import Record, RecordConnection

__all__ = ["LiveRecords", "LiveRecordsType", "RecordListPatch", "RecordListPatchType"]

expose(
    LiveRecordsType,
    "What an event of a live list brings.",
    {
        LiveRecordsType.SNAPSHOT: "The whole page, in place of all that came before.",
        LiveRecordsType.PATCH: "What has changed since the event before.",
    },
)
expose(
    RecordListPatchType,
    "What happens to a record, or a group of records, of a list.",
    {
        RecordListPatchType.INSERTED: "It comes in at `index`.",
        RecordListPatchType.UPDATED: "It is another at `index` now.",
        RecordListPatchType.REMOVED: "It goes out at `previousIndex`.",
        RecordListPatchType.MOVED: "It is taken out at `previousIndex` and put in at `index`.",
    },
)


@strawberry.type(description="One step from a list of records to a newer one. Take them one after the other.")
class RecordListPatch:
    """A step, and the record as it is after all steps."""

    type: RecordListPatchType = strawberry.field(description="What happens.")
    id: strawberry.ID = strawberry.field(description="Id of the record.")
    index: int | None = strawberry.field(
        description="The record's place behind this step, from 0; null when it is removed."
    )
    previous_index: int | None = strawberry.field(
        description="The record's place before this step, from 0; null when it is inserted."
    )
    record: Record | None = strawberry.field(description="The record; null when it is removed.")


@strawberry.type(
    description="An event of a live list: first the page, then the patches that make it what it would be if it were "
    "read again."
)
class LiveRecords:
    """An event, made from the decoded JSON of `WHOLE_LIVE`."""

    type: LiveRecordsType = strawberry.field(description="Whether it brings the whole page or patches.")
    page: RecordConnection | None = strawberry.field(description="The whole page; null when there are patches.")
    patches: list[RecordListPatch] = strawberry.field(description="The patches in their order; none with a page.")
    total_count: int = strawberry.field(
        description="How many records the whole list has now; counted, and looked after, only when selected here."
    )
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list now.")
    event_cursor: str = strawberry.field(
        description="Subscribe to recordEvents after it: nothing between this event and the stream is missed."
    )

    @classmethod
    def from_event(cls, event: Mapping[str, Any], table: TableMeta) -> "LiveRecords":
        """The GraphQL object of an event, and the metadata that it was rendered with."""
        page = event["page"]
        return cls(
            type=LiveRecordsType[event["type"]],
            page=None if page is None else RecordConnection.from_page(page, table),
            patches=[_patch(each, table) for each in event["patches"]],
            total_count=event["totalCount"],
            page_info=page_info(event["pageInfo"]),
            event_cursor=event["eventCursor"],
        )


def _patch(patch: Mapping[str, Any], table: TableMeta) -> RecordListPatch:
    record = patch["record"]
    return RecordListPatch(
        type=RecordListPatchType[patch["type"]],
        id=strawberry.ID(patch["id"]),
        index=patch["index"],
        previous_index=patch["previousIndex"],
        record=None if record is None else Record.from_stored(stored_record(record, table)),
    )
