"""Texts, and whatever has no better type: every value as a text that PostgreSQL can store."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from domain.imports.kinds.contract import Handlers, Hints

LONG_TEXT_CHARACTERS: Final = 255
"""A column with a longer text, or one with line breaks, is one of long texts."""
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


def text_handlers(options: Mapping[str, object], hints: Hints) -> Handlers:
    """Cells of a text field; values that are no texts as a person would write them, lists and objects as JSON."""
    return {
        str: _cleaned,
        bool: _word,
        int: str,
        float: plain_number,
        date: date.isoformat,
        datetime: datetime.isoformat,
        time: time.isoformat,
        timedelta: str,
        list: _json,
        dict: _json,
    }


def raw_text(text: str) -> object:
    """A cell of a file of text, whose reader has left out what cannot be stored."""
    return text or None


def _cleaned(text: str) -> object:
    """The text without NUL and with U+FFFD for half a character, both of which JSON can spell."""
    if not text.isascii() or "\0" in text:
        text = _NOT_STORABLE.sub(lambda found: "" if found[0] == "\0" else "\N{REPLACEMENT CHARACTER}", text)
    return text or None


def _word(value: bool) -> object:
    return "true" if value else "false"


def plain_number(number: float) -> str:
    """The number without `.0` behind a whole one."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e21 else repr(number)


def _json(value: object) -> object:
    return _cleaned(json.dumps(value, ensure_ascii=False, separators=(", ", ": "))) if value else None
