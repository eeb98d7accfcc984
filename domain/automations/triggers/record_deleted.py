"""A record is deleted."""

from domain.automations.contract import TriggerType
from domain.changes.selection import RecordEventType


class RecordDeleted(TriggerType):
    """Each record that goes."""

    key = "record_deleted"
    description = "A record is deleted; `trigger.previous_record` has what it was."
    position = 30
    events = frozenset({RecordEventType.DELETED})
