"""Values that come out of scripts: JSON of bounded size and depth, whatever the engine says it is."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, NoReturn
from uuid import UUID

from adapters.scripts.contract import Reason, ScriptFailed

MAX_LEVELS: Final = 64
"""Objects and lists in each other."""


def read_output(text: str, most: int) -> object:
    """The output of a script from its JSON; raises `ScriptFailed`."""
    if len(text.encode("utf-8", "replace")) > most:
        raise too_large(most)
    try:
        value = json.loads(text, parse_constant=_refuse)
        check_levels(value)
    except (ValueError, RecursionError) as error:
        raise ScriptFailed(Reason.OUTPUT, f"The output is no JSON that can be kept: {error}.") from None
    return value


def read_arguments(arguments: object, most: int) -> Mapping[str, Any]:
    """The arguments of a call as they are in JSON; raises `ValueError` for what is no object, or too large."""
    try:
        text = json_text(arguments)
        if len(text) > most:
            raise ValueError(f"they have more than {most:,} bytes")
        value = json.loads(text)
        check_levels(value)
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from None
    if not isinstance(value, dict):
        raise ValueError("a function takes one object")
    return value


def plain(value: object) -> Any:
    """A value as it is in JSON: what a script is given is of its kinds only. Halves of pairs of UTF-16 are `?`."""
    return json.loads(json_text(value).encode("utf-8", "replace"))


def json_text(value: object) -> str:
    """A value as JSON, dates and the like as texts; raises `ValueError` and `TypeError` for what JSON has not."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_atom)


def check_levels(value: object) -> None:
    """Raise `ValueError` for a value that is too deep."""
    waiting = [(value, 0)]
    while waiting:
        each, level = waiting.pop()
        if level > MAX_LEVELS:
            raise ValueError(f"it has more than {MAX_LEVELS} levels")
        if isinstance(each, dict):
            waiting.extend((inner, level + 1) for inner in each.values())
        elif isinstance(each, list):
            waiting.extend((inner, level + 1) for inner in each)


def too_large(most: int) -> ScriptFailed:
    """The failure of a script with too large an output."""
    return ScriptFailed(Reason.OUTPUT, f"The output has more than {most:,} bytes.")


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _atom(value: object) -> object:
    """What goes in and out although JSON has no such thing."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is nothing that JSON has")
