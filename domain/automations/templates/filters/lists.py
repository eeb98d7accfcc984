"""Filters for lists."""

from collections.abc import Sequence
from typing import Final

from domain.automations.templates.faults import Unfit
from domain.automations.templates.filters.contract import Filter, Parameter
from domain.automations.templates.texts import BETWEEN, text_of

MAX_BETWEEN: Final = 100
"""Characters between the items of a list."""


def _items(value: object) -> Sequence[object]:
    if not isinstance(value, (list, tuple)):
        raise Unfit("it takes a list")
    return value


def _join(value: object, between: str) -> str:
    if len(between) > MAX_BETWEEN:
        raise Unfit(f"at most {MAX_BETWEEN} characters stand between the items")
    return between.join(map(text_of, _items(value)))


def _first(value: object) -> object:
    return next(iter(_items(value)), None)


def _last(value: object) -> object:
    return next(iter(reversed(_items(value))), None)


def _count(value: object) -> int:
    return 0 if value is None else len(_items(value))


FILTERS: Final = (
    Filter("join", "The items as one text.", _join, (Parameter("between", "text", BETWEEN),)),
    Filter("first", "The first item; null of an empty list.", _first),
    Filter("last", "The last item; null of an empty list.", _last),
    Filter("count", "How many items there are; of null none.", _count, takes_null=True),
)
