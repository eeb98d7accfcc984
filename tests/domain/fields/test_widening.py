"""Options that take all that other ones took: what is marked so, and that parsers agree."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import pytest

from domain.fields.contract import FieldType, InvalidValue, Options
from domain.fields.registry import field_type, field_types
from domain.fields.widening import Widening, is_as_wide

A, B, C = ({"id": key, "name": key.upper()} for key in "abc")
BOUND_TO_THE_COLUMN = {
    ("date", "include_time"),
    ("linked_record", "is_symmetric"),
    ("linked_record", "linked_table_id"),
    ("linked_record", "symmetric_field_id"),
    ("user", "allow_multiple"),
}
"""Options that say how, or where, values are stored: none of them is wider than another."""

Given = Mapping[str, Any]


def compare(type: str, new: Given, old: Given) -> bool:
    """Whether new options are as wide as old ones."""
    made = field_type(type)
    return is_as_wide(made.parse_options(new), made.parse_options(old))


@pytest.mark.parametrize(
    ("type", "narrow", "wide"),
    [
        ("text", {"max_length": 5}, {"max_length": 6}),
        ("number", {"precision": 2}, {"precision": 3}),
        ("number", {"precision": 2}, {}),
        ("number", {"min": 1, "max": 2}, {"min": 0.5, "max": 2.5}),
        ("number", {"min": 1, "max": 2}, {}),
        ("number", {"allow_negative": False}, {}),
        ("percent", {"precision": 0}, {"precision": None}),
        ("currency", {"precision": 1}, {}),
        ("rating", {"max": 3}, {}),
        ("barcode", {"format": "ean13"}, {}),
        ("thread", {"standard": "metric"}, {}),
        ("dimension", {"tolerance_type": "none"}, {}),
        ("attachment", {"allowed_types": ["image/*"]}, {"allowed_types": ["application/pdf", "image/*"]}),
        ("attachment", {"allowed_types": ["image/*"], "max_size": 1}, {"max_size": 2}),
        ("single_select", {"choices": [A, B]}, {"choices": [C, B, {**A, "name": "Z", "color": "red"}]}),
        ("multi_select", {"choices": []}, {"choices": [A]}),
    ],
)
def test_what_is_wider_is_not_narrower(type: str, narrow: Given, wide: Given) -> None:
    assert (compare(type, wide, narrow), compare(type, narrow, wide)) == (True, False)
    assert (compare(type, wide, wide), compare(type, narrow, narrow)) == (True, True)


@pytest.mark.parametrize(
    ("type", "one", "other"),
    [
        ("currency", {"currency_symbol": "$"}, {"currency_symbol": "€"}),
        ("long_text", {}, {"enable_rich_text": True}),
        ("date", {}, {"date_format": "us"}),
        ("datetime", {}, {"date_format": "us", "time_format": "12h", "timezone": "Europe/Berlin"}),
        ("duration", {}, {"duration_format": "h:mm:ss"}),
        ("rating", {}, {"icon": "heart"}),
        ("dimension", {}, {"unit": "in"}),
    ],
)
def test_how_values_are_read_and_shown_binds_none(type: str, one: Given, other: Given) -> None:
    assert (compare(type, one, other), compare(type, other, one)) == (True, True)


@pytest.mark.parametrize(
    ("type", "one", "other"),
    [
        ("number", {"min": 1}, {"max": 1}),
        ("number", {"precision": 1, "max": 5}, {"precision": 2, "max": 4}),
        ("barcode", {"format": "ean13"}, {"format": "ean8"}),
        ("attachment", {"allowed_types": ["image/*"]}, {"allowed_types": ["image/png", "text/plain"]}),
        ("dimension", {"unit": "mm"}, {"unit": "kg"}),
        ("single_select", {"choices": [A, B]}, {"choices": [A, C]}),
        ("date", {}, {"include_time": True}),
        ("user", {}, {"allow_multiple": True}),
    ],
)
def test_neither_is_as_wide(type: str, one: Given, other: Given) -> None:
    assert (compare(type, one, other), compare(type, other, one)) == (False, False)


def test_every_option_says_how_it_widens() -> None:
    """One that does not keeps writers waiting whenever it changes, which is safe, and should be meant."""
    unmarked = {
        (type.key, name)
        for type in field_types().values()
        if type.is_writable
        for name, field in type.options_model.model_fields.items()
        if not any(isinstance(mark, Widening) for mark in field.metadata)
    }
    assert unmarked == BOUND_TO_THE_COLUMN


@pytest.mark.parametrize("type", [type for type in field_types().values() if type.is_writable and not type.is_bound])
def test_wider_options_take_what_the_examples_of_the_narrow_ones_write(type: FieldType[Any]) -> None:
    examples = [*type.examples, *type.bad_examples]
    options = [type.parse_options(given) for given in [{}, *(each.options for each in examples)]]
    for new, old in product(options, options):
        if is_as_wide(new, old):
            for value in taken(type, old, (each.value for each in examples)):
                type.parser(new)(value)


def taken(type: FieldType[Any], options: Options, values: Iterator[Any]) -> Iterator[Any]:
    """Those of the values that are valid."""
    parse = type.parser(options)
    for value in values:
        try:
            parse(value)
        except InvalidValue:
            continue
        yield value
