"""Converting a field: the JSON values of the old type go through the new type's typecast."""

from contextlib import suppress
from typing import Any

import orjson
import pytest

from domain.fields.contract import FieldType, InvalidValue
from domain.fields.registry import field_type
from domain.fields.storage import encode_json
from tests.support.field_types import standalone_types

TYPES = list(standalone_types().values())
OUTPUTS = [(type.key, example.output) for type in TYPES for example in type.examples]


def convert(value: object, key: str, options: dict[str, object] | None = None) -> Any:
    """The stored value as JSON, after typecast by the type `key`."""
    type = field_type(key)
    adapted = type.adapt_options(type.parse_options(options or {}), [value])
    return orjson.loads(encode_json(type.parser(adapted, typecast=True)(value)))


@pytest.mark.parametrize("type", TYPES, ids=lambda type: type.key)
def test_every_output_of_every_type_converts_or_is_refused(type: FieldType[Any]) -> None:
    for _, output in OUTPUTS:
        options = type.adapt_options(type.parse_options({}), [output])
        with suppress(InvalidValue):
            assert encode_json(type.parser(options, typecast=True)(output))


@pytest.mark.parametrize("type", TYPES, ids=lambda type: type.key)
def test_every_output_becomes_a_text(type: FieldType[Any]) -> None:
    for example in type.examples:
        stored = convert(example.output, "text")

        assert stored is None if example.output in (None, []) else isinstance(stored, str)


@pytest.mark.parametrize(
    ("value", "key", "stored"),
    [
        (12.5, "text", "12.5"),
        (1e-7, "text", "0.0000001"),
        (True, "text", "true"),
        (["a", "b"], "text", "a, b"),
        ({"value": 25.4, "unit": "mm"}, "text", "25.4 mm"),
        ([{"url": "https://a.example/b.png", "filename": "b.png"}], "text", "b.png"),
        ({"designation": "M8x1.25-6g", "diameter": 8}, "long_text", "M8x1.25-6g"),
        ({"other": [1]}, "text", '{"other":[1]}'),
        (True, "number", 1),
        (False, "number", 0),
        (0.5, "currency", 0.5),
        ("50%", "percent", 0.5),
        ("no", "checkbox", False),
        (1, "checkbox", True),
        ("2024-05-31T23:59:00Z", "date", "2024-05-31"),
        ("2024-05-31", "datetime", "2024-05-31T00:00:00+00:00"),
        (90, "duration", 90),
        ("5", "rating", 5),
        (4006381333931, "barcode", "4006381333931"),
        ("example.com", "url", "https://example.com"),
        ("25.4 mm", "dimension", {"value": 25.4, "unit": "mm", "base": 25.4, "text": "25.4 mm"}),
        ("Oak", "material", {"name": "Oak"}),
    ],
)
def test_value_converts(value: object, key: str, stored: object) -> None:
    assert convert(value, key) == stored


@pytest.mark.parametrize(
    ("value", "key"),
    [("abc", "number"), ("maybe", "checkbox"), ("May", "date"), (7, "rating"), ("nobody", "user"), ("?", "email")],
)
def test_value_that_means_nothing_is_refused(value: object, key: str) -> None:
    with pytest.raises(InvalidValue):
        convert(value, key)


def test_selects_gain_the_values_as_choices() -> None:
    single, multi = field_type("single_select"), field_type("multi_select")
    values: list[object] = ["Red", "red ", 7, None, "", "Red, green"]

    one = single.adapt_options(single.parse_options({"choices": [{"name": "Blue"}]}), values)
    many = multi.adapt_options(multi.parse_options({}), values)

    assert [choice.name for choice in one.choices] == ["Blue", "Red", "7", "Red, green"]
    assert [choice.name for choice in many.choices] == ["Red", "7", "green"]
    assert multi.parser(many, typecast=True)("green,RED") == [many.choices[2].id, many.choices[0].id]
