"""The value of a filter that stands for whoever reads or writes: `{"me": true}`, alone or in a list."""

from collections.abc import Mapping
from typing import Final

ME: Final = "me"
"""The one key of the object."""


def is_about_me(value: object) -> bool:
    """Whether a value stands for whoever reads or writes, or has such a one in it."""
    return any(map(_is_me, value)) if isinstance(value, list) else _is_me(value)


def as_viewer(value: object, viewer: object) -> object:
    """The value as it is meant when this user reads or writes."""
    if isinstance(value, list):
        return [as_viewer(each, viewer) for each in value]
    return str(viewer) if _is_me(value) else value


def _is_me(value: object) -> bool:
    return isinstance(value, Mapping) and len(value) == 1 and value.get(ME) is True
