"""The filters of the readers: what they send, and whom it concerns, in words of GraphQL and of Python."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Filter:
    """`given` is the argument; `matches` says the same of a record's values by the names of their fields."""

    name: str
    given: Mapping[str, Any] | None
    matches: Callable[[Mapping[str, Any]], bool]


MARKED_COUNT = 2
"""The count of the markers, which every filter lets through."""
EVERYTHING = Filter("everything", None, lambda _: True)
FILTERS = (
    Filter(
        f"Count = {MARKED_COUNT}",
        {"field": "Count", "operator": "EQ", "value": MARKED_COUNT},
        lambda values: values.get("Count") == MARKED_COUNT,
    ),
    Filter(
        f"Count >= {MARKED_COUNT}",
        {"field": "Count", "operator": "GTE", "value": MARKED_COUNT},
        lambda values: (values.get("Count") or 0) >= MARKED_COUNT,
    ),
)
"""One that leads from a value to its streams, and one that is tried on each change."""
