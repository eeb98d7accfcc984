"""Where a value stands in what an incoming webhook brings: a path through objects and lists."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from domain.errors import BadRequest
from domain.storable import storable

MAX_PATH: Final = 500
"""Characters of a path."""
_STEP: Final = re.compile(r'\.?([^.\[\]"$]+)|\[(\d{1,6})\]|\["((?:[^"\\]|\\.)*)"\]')
ABSENT: Final = object()
"""What stands nowhere."""

Path = Sequence[str | int]


def read_path(text: str) -> Path:
    """The steps of a path such as `customer.emails[0]`, `$["a name"].id` or `$`; raises `BadRequest`."""
    if not text.strip() or len(text) > MAX_PATH or storable(text) != text:
        raise BadRequest(f"A path has 1 to {MAX_PATH} characters, none of them NUL.", argument="fieldMappings")
    rest = text.strip().removeprefix("$")
    steps: list[str | int] = []
    position = 0
    while position < len(rest):
        match = _STEP.match(rest, position)
        if match is None:
            message = f'{text[:60]!r} is no path; it looks like customer.emails[0] or $["a name"].id'
            raise BadRequest(message, argument="fieldMappings")
        steps.append(_step(match))
        position = match.end()
    return steps


def _step(match: re.Match[str]) -> str | int:
    name, index, quoted = match.groups()
    if index is not None:
        return int(index)
    return re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else name


def value_at(document: Any, path: Path) -> Any:
    """What stands there; `ABSENT` for nothing."""
    for step in path:
        has_name = isinstance(step, str) and isinstance(document, Mapping) and step in document
        has_index = isinstance(step, int) and isinstance(document, list) and step < len(document)
        if not (has_name or has_index):
            return ABSENT
        document = document[step]
    return document
