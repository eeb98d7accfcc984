"""Days and moments that stand as texts in a formula: ISO 8601, or as Americans write them."""

import re
from datetime import datetime
from typing import Final

_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_AMERICAN = re.compile(
    r"(?P<month>\d\d?)/(?P<day>\d\d?)/(?P<year>\d{4}|\d\d)"
    r"( (?P<hour>\d\d?):(?P<minute>\d\d)(:(?P<second>\d\d))?( ?(?P<half>[AaPp])[Mm])?)?",
    re.ASCII,
)
LAST_OF_2000S: Final = 68
"""A year of two digits is in the 2000s up to this one, else in the 1900s."""


def read_moment(text: str) -> datetime | None:
    """The moment, without a zone where the text names none; None where the text is neither a day nor a moment."""
    try:
        if _ISO.fullmatch(text):
            return datetime.fromisoformat(text)
        found = _AMERICAN.fullmatch(text)
        return found and _american(found)
    except ValueError:
        return None


def _american(found: re.Match[str]) -> datetime:
    """Month, day, year; raises ValueError for what no calendar and no clock has."""
    year, hour = int(found["year"]), int(found["hour"] or 0)
    if len(found["year"]) == 2:
        year += 2000 if year <= LAST_OF_2000S else 1900
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if found["half"] in "Pp" else 0)
    minute, second = int(found["minute"] or 0), int(found["second"] or 0)
    return datetime(year, int(found["month"]), int(found["day"]), hour, minute, second)
