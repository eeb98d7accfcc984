"""The fields that configs refer to: the common kinds of reference."""

from typing import Final

from domain.bases.catalog import FieldMeta
from domain.views.contract import Reference


def _of_types(*keys: str) -> Reference:
    return Reference(
        f"a field of type {' or '.join(key.upper() for key in keys)}", lambda field: field.type.key in keys
    )


def _is_groupable(field: FieldMeta) -> bool:
    """One value of few: a column or a lane for each."""
    return field.type.key in ("single_select", "user") and not field.type.column_type_for(field.options).endswith("[]")


ANY_FIELD: Final = Reference("a field of the table", lambda _: True)
WRITABLE: Final = Reference("a field that can be written", lambda field: field.type.is_writable)
DAY: Final = _of_types("date", "datetime")
FILES: Final = _of_types("attachment")
GROUPABLE: Final = Reference("a field of type SINGLE_SELECT, or USER without allow_multiple", _is_groupable)
LINK: Final = _of_types("linked_record")
