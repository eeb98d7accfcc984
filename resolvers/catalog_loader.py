"""What the dataloaders of the catalog share."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY

ItemT = TypeVar("ItemT")


def among(column: Any, ids: Iterable[UUID]) -> ColumnElement[bool]:
    """`column = ANY(ids)`: one parameter, so one prepared statement for any number of ids."""
    found: ColumnElement[bool] = column == any_(literal(list(ids), ARRAY(Uuid)))
    return found


def grouped(ids: Iterable[UUID], pairs: Iterable[tuple[UUID, ItemT]]) -> Mapping[UUID, list[ItemT]]:
    """The items for each id in their order; an id without items has an empty list."""
    groups: defaultdict[UUID, list[ItemT]] = defaultdict(list)
    for id, item in pairs:
        groups[id].append(item)
    return {id: groups[id] for id in ids}
