"""Filters for texts; other values are made texts first."""

from typing import Final

from domain.automations.templates.faults import Unfit
from domain.automations.templates.filters.contract import Filter, Parameter
from domain.automations.templates.texts import text_of


def _truncate(value: object, length: int, end: str) -> str:
    if length < len(end):
        raise Unfit(f"the length must be at least {len(end)}, as long as the end")
    text = text_of(value)
    return text if len(text) <= length else text[: length - len(end)] + end


FILTERS: Final = (
    Filter("upper", "In capital letters.", lambda value: text_of(value).upper()),
    Filter("lower", "In small letters.", lambda value: text_of(value).lower()),
    Filter("trim", "Without blanks around it.", lambda value: text_of(value).strip()),
    Filter(
        "truncate",
        "No longer than so many characters, the end included.",
        _truncate,
        (Parameter("length", "whole number"), Parameter("end", "text", "…")),
    ),
)
