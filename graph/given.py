"""What an input leaves out, as the use cases take it."""

from typing import TypeVar

import strawberry

from domain.unchanged import UNCHANGED, Unchanged

T = TypeVar("T")


def kept(value: T) -> T | Unchanged:
    """The value, null included; `UNCHANGED` where the input leaves it out."""
    return UNCHANGED if value is strawberry.UNSET else value
