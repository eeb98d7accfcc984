"""The dotted kinds of faults of a record as a whole; those of single values are in `domain.fields.faults`."""

from typing import Final

REQUIRED: Final = "value_error.required"
"""A required field without a value."""
UNKNOWN_FIELD: Final = "value_error.unknown_field"
"""The table has no field with this id or name."""
TWICE: Final = "value_error.field_twice"
"""One field, given both by its id and by its name."""
REFERENCE: Final = "value_error.reference"
"""An id of something that is not there."""
DUPLICATE_RECORD: Final = "value_error.duplicate_record"
"""One record twice in a batch."""
DUPLICATE_TEMP_ID: Final = "value_error.duplicate_temp_id"
"""One temporary id for two records of a call."""
RECORD_ID: Final = "value_error.record_id"
"""Not the id of a record of this table."""
