"""A record is updated."""

from collections.abc import Mapping
from typing import Any

from domain.automations.config_types import FIELDS
from domain.automations.contract import ConfigField, ConfigJson, TriggerType
from domain.bases.catalog import TableMeta
from domain.changes.selection import RecordEventType


class RecordUpdated(TriggerType):
    """Each change of a record, or of some of its fields."""

    key = "record_updated"
    description = "A record is updated; computed fields that change with what they depend on count too."
    position = 20
    config = (
        ConfigField("fieldIds", FIELDS, "The fields of which one at least must have changed; left out, any field."),
    )
    events = frozenset({RecordEventType.UPDATED})

    def fires(self, config: ConfigJson, event: Mapping[str, Any], table: TableMeta) -> bool:
        """Where one of the fields has changed."""
        wanted, changed = config["fieldIds"], set(event["changedFields"])
        return not wanted or any(field.name in changed for field in table.fields if str(field.id) in wanted)
