"""What an input leaves out, as the use cases take it."""

from typing import Protocol, TypeVar

import strawberry

from domain.unchanged import UNCHANGED, Unchanged

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


def kept(value: T) -> T | Unchanged:
    """The value, null included; `UNCHANGED` where the input leaves it out."""
    return UNCHANGED if value is strawberry.UNSET else value


def unless_null(value: T | None) -> T | Unchanged:
    """The value; `UNCHANGED` for null, where it has no meaning of its own."""
    return UNCHANGED if value is None else value


class Given(Protocol[T_co]):
    """What a `strawberry.Maybe` is where the input has it."""

    @property
    def value(self) -> T_co:
        """The value."""
        ...


def unless_left_out(given: Given[T] | None) -> T | Unchanged:
    """The value of a `strawberry.Maybe`, null included; `UNCHANGED` where the input leaves it out."""
    return UNCHANGED if given is None else given.value
