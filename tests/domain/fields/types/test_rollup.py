"""The options of rollups that need no table."""

import pytest
from pydantic import ValidationError

from domain.fields.registry import field_type

FIELDS = dict.fromkeys(("linked_field_id", "rollup_field_id"), "01a2191e-530e-8000-8000-1d34ba15bcdf")


@pytest.mark.parametrize("name", ["sum", "SUM", "Sum"])
def test_a_function_has_its_name_in_whatever_case(name: str) -> None:
    options = field_type("rollup").parse_options({**FIELDS, "function": name})

    assert options.model_dump(mode="json")["function"] == "sum"


@pytest.mark.parametrize("name", ["total", "", 1, None])
def test_another_function_is_refused_with_those_that_there_are(name: object) -> None:
    with pytest.raises(ValidationError, match="Input should be 'sum', 'avg', 'min'"):
        field_type("rollup").parse_options({**FIELDS, "function": name})
