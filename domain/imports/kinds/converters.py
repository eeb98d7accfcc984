"""The conversion of a column's cells by the type of its field; types not listed get their values as they are."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from domain.imports.kinds.addresses import address_handlers
from domain.imports.kinds.choices import multi_select_handlers, single_select_handlers
from domain.imports.kinds.contract import Convert, Handlers, Hints, by_type, same
from domain.imports.kinds.durations import duration_handlers
from domain.imports.kinds.moments import date_handlers, datetime_handlers
from domain.imports.kinds.numbers import currency_handlers, number_handlers, percent_handlers
from domain.imports.kinds.texts import raw_text, text_handlers
from domain.imports.kinds.words import checkbox_handlers

MakeHandlers = Callable[[Mapping[str, object], Hints], Handlers]


def as_they_are(options: Mapping[str, object], hints: Hints) -> Handlers:
    """Cells of a field whose type knows best what to make of them; a text that is a JSON list or object becomes one."""
    return {
        str: _structure,
        bool: same,
        int: same,
        float: same,
        date: date.isoformat,
        datetime: datetime.isoformat,
        time: time.isoformat,
        timedelta: timedelta.total_seconds,
        list: same,
        dict: same,
    }


def _structure(text: str) -> object:
    bare = text.strip()
    if bare[:1] in ("[", "{"):
        try:
            return json.loads(bare)
        except (ValueError, RecursionError):
            return bare
    return bare or None


CONVERTERS: Final[Mapping[str, MakeHandlers]] = {
    "text": text_handlers,
    "long_text": text_handlers,
    "number": number_handlers,
    "rating": number_handlers,
    "currency": currency_handlers,
    "percent": percent_handlers,
    "checkbox": checkbox_handlers,
    "date": date_handlers,
    "datetime": datetime_handlers,
    "duration": duration_handlers,
    "single_select": single_select_handlers,
    "multi_select": multi_select_handlers,
    "email": address_handlers("email"),
    "url": address_handlers("url"),
    "phone": address_handlers("phone"),
}


def make_converter(field_type: str, options: Mapping[str, object], hints: Hints, *, is_typed: bool) -> Convert:
    """The conversion for a column; `is_typed` says whether its cells can be anything but texts."""
    make = CONVERTERS.get(field_type, as_they_are)
    if is_typed:
        return by_type(make(options, hints), f"a value for a field of type {field_type}")
    return raw_text if make is text_handlers else make(options, hints)[str]
