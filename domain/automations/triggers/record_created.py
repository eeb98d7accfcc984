"""A record is created."""

from domain.automations.contract import TriggerType
from domain.changes.selection import RecordEventType


class RecordCreated(TriggerType):
    """Each new record of the table, however it came."""

    key = "record_created"
    description = "A record is created, by whatever way; a record that is restored counts too."
    position = 10
    events = frozenset({RecordEventType.CREATED})
