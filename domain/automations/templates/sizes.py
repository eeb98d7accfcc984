"""How large values are, for what may come of a config."""

from collections.abc import Mapping
from typing import Final

MAX_LEVELS: Final = 64
"""Objects and lists in each other, in a value that is put into a config."""
WORTH: Final = 8
"""What a value that is no text counts, as characters."""


def size_of(value: object, most: int) -> int:
    """About as many characters as a value has, or more than `most`: it looks no further then.

    Raises `RecursionError` for one that is too deep.
    """
    if isinstance(value, str):
        return len(value)
    size, waiting = 0, [(value, 0)]
    while waiting and size <= most:
        each, level = waiting.pop()
        if level > MAX_LEVELS:
            raise RecursionError
        size += len(each) if isinstance(each, str) else WORTH
        if isinstance(each, Mapping):
            size += sum(map(len, each))
            waiting.extend((inner, level + 1) for inner in each.values())
        elif isinstance(each, (list, tuple)):
            waiting.extend((inner, level + 1) for inner in each)
    return size
