"""Whether new options of a field take all that its old ones took: each option says it by a mark in its annotation.

Writers that have begun under the old options may end under new ones that are wider. An option without a mark is taken
to bind what may be written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Widening:
    """A mark of an option: whether its new value, given first, refuses nothing that the old one took."""

    is_wider: Callable[[Any, Any], bool]


SHOWN: Final = Widening(lambda _new, _old: True)
"""An option of how values are read or shown, which refuses none."""
UPPER_BOUND: Final = Widening(lambda new, old: new is None or (old is not None and new >= old))
"""The most that is taken; None is no bound."""
LOWER_BOUND: Final = Widening(lambda new, old: new is None or (old is not None and new <= old))
"""The least that is taken; None is no bound."""
PERMISSION: Final = Widening(lambda new, old: new or not old)
"""Whether something is taken."""
ONE_KIND: Final = Widening(lambda new, _old: new is None)
"""The one kind of values that is taken; None is any."""
SET_OF_KINDS: Final = Widening(lambda new, old: new is None or (old is not None and set(new) >= set(old)))
"""The kinds of values that are taken; None is any."""


def is_as_wide(new: BaseModel, old: BaseModel) -> bool:
    """Whether options take all values that other ones of the same type took."""
    return all(
        getattr(new, name) == getattr(old, name) or _is_wider(field.metadata, getattr(new, name), getattr(old, name))
        for name, field in type(old).model_fields.items()
    )


def _is_wider(marks: list[Any], new: object, old: object) -> bool:
    return any(mark.is_wider(new, old) for mark in marks if isinstance(mark, Widening))
