"""What happens to records, as clients know it."""

from domain.changes.selection import RecordEventType
from graph.enums import expose

__all__ = ["RecordEventType"]

expose(
    RecordEventType,
    "What happened to a record.",
    {
        RecordEventType.CREATED: "The record was created.",
        RecordEventType.UPDATED: "Values of the record were changed, by a write of it or of what they follow from.",
        RecordEventType.DELETED: "The record was deleted.",
    },
)
