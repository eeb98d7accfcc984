"""What PostgreSQL's texts cannot hold is kept as another character: NUL, and halves of surrogate pairs."""

import re
from typing import Final, TypeVar, cast

T = TypeVar("T")

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_INSTEAD: Final = "\ufffd"


def storable(value: T) -> T:
    """JSON, such as came from elsewhere, as a database takes it; what is storable is as it was."""
    return cast(T, _storable(value))


def _storable(value: object) -> object:
    if isinstance(value, str):
        return _UNSTORABLE.sub(_INSTEAD, value) if _UNSTORABLE.search(value) else value
    if isinstance(value, list | tuple):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(each) for key, each in value.items()}
    return value
