"""A field changes."""

from collections.abc import Mapping
from typing import Any

from domain.automations.config_types import FIELD
from domain.automations.contract import ConfigField, ConfigJson, TriggerType
from domain.bases.catalog import TableMeta
from domain.changes.selection import RecordEventType


class FieldChanged(TriggerType):
    """Each change of one field of a record that is there already."""

    key = "field_changed"
    description = "A field of a record changes, computed ones too; a new record is no change of its fields."
    position = 50
    config = (ConfigField("fieldId", FIELD, "Which field.", is_required=True),)
    events = frozenset({RecordEventType.UPDATED})

    def fires(self, config: ConfigJson, event: Mapping[str, Any], table: TableMeta) -> bool:
        """Where the field has changed."""
        field = table.find_field(config["fieldId"])
        return field is not None and field.name in event["changedFields"]
