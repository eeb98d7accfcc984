"""The types of field that mean something in a table alone, for tests that make a field of each."""

from collections.abc import Mapping
from typing import Any

from domain.fields.contract import FieldType
from domain.fields.registry import field_types


def standalone_types() -> Mapping[str, FieldType[Any]]:
    """Types by key, without those whose options name other fields or tables."""
    return {key: type for key, type in field_types().items() if not type.is_bound}
