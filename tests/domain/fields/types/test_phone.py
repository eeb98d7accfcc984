"""The phone field's exact rules."""

import pytest

from domain.fields import faults
from tests.domain.fields.parsing import parse, refusal


@pytest.mark.parametrize(
    "phone", ["110", "+1-555-123-4567 x8", "0049/30/123456", "01.23.45.67.89", "(020) 7946 0958#12"]
)
def test_number_is_kept_as_it_is(phone: str) -> None:
    assert parse("phone", phone) == phone


@pytest.mark.parametrize("text", ["+", "11", "1234567890123456", "++49301234", "phone", "12-a-34", "1;2;3", "١٢٣٤"])
def test_text_that_is_no_number_is_refused(text: str) -> None:
    assert refusal("phone", text).type == faults.FORMAT


def test_digits_of_the_extension_do_not_count() -> None:
    assert parse("phone", "123456789012345 ext. 1234567") == "123456789012345 ext. 1234567"
