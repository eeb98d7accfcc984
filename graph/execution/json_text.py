"""The JSON text of responses."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

_LARGEST: Final = (1 << 64) - 1
_SMALLEST: Final = -(1 << 63)


def encode(body: object) -> bytes:
    """The JSON of a response; integers of any size, which a document may bring in, are written with all digits."""
    try:
        return orjson.dumps(body)
    except orjson.JSONEncodeError:
        return orjson.dumps(_with_large_integers(body))


def error_json(message: str, extensions: Mapping[str, Any]) -> bytes:
    """The JSON of a response that is one error, of a request that was not executed."""
    return encode({"errors": [{"message": message, "extensions": extensions}]})


def _with_large_integers(value: object) -> object:
    """The value, with the integers that orjson refuses as finished JSON."""
    if isinstance(value, dict):
        return {key: _with_large_integers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_large_integers(item) for item in value]
    if isinstance(value, int) and not _SMALLEST <= value <= _LARGEST:
        return orjson.Fragment(str(value))
    return value
