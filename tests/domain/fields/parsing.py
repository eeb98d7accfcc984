"""Short ways to parse a value by a type, and to catch its refusal."""

from collections.abc import Mapping

import pytest

from domain.fields.contract import InvalidValue
from domain.fields.registry import field_type

NO_OPTIONS: Mapping[str, object] = {}


def parse(key: str, value: object, options: Mapping[str, object] = NO_OPTIONS, *, typecast: bool = False) -> object:
    """What the type stores for a JSON value."""
    type = field_type(key)
    return type.parser(type.parse_options(options), typecast=typecast)(value)


def refusal(
    key: str, value: object, options: Mapping[str, object] = NO_OPTIONS, *, typecast: bool = False
) -> InvalidValue:
    """The refusal of a value that must be refused."""
    with pytest.raises(InvalidValue) as caught:
        parse(key, value, options, typecast=typecast)
    return caught.value
