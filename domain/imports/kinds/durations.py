"""Lengths of time."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from domain.fields.registry import field_type
from domain.imports.kinds.contract import NO_VALUE, Circumstances, Guess, Handlers, Hints, Verdict, same

_ISO = re.compile(r"-?P(?=[0-9T])(?:[0-9]{1,6}D)?(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?")


def duration_handlers(options: Mapping[str, Any], hints: Hints) -> Handlers:
    """Cells of a duration field, in seconds; texts are what the field itself understands, such as `1:30`."""
    type = field_type("duration")
    parse = type.parser(type.parse_options(options), typecast=True)

    def from_text(text: str) -> object:
        return None if text.strip().lower() in NO_VALUE else parse(text)

    return {str: from_text, int: same, float: same, timedelta: _seconds}


def _seconds(length: timedelta) -> object:
    seconds = length.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


class DurationGuess(Guess):
    """Durations of ISO 8601; `1:30` may just as well be a time of the day."""

    def fits(self, text: str) -> bool:
        return _ISO.fullmatch(text) is not None

    def verdict(self, circumstances: Circumstances) -> Verdict | None:
        return Verdict("duration", {"duration_format": "h:mm:ss"})
