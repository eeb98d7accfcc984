"""What messages say was meant."""

from itertools import count

import pytest

from domain.nearness import did_you_mean

NAMES = ["Name", "Price", "Unit price", "Status"]


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ("Prise", " Did you mean 'Price'?"),
        ("price", " Did you mean 'Price'?"),
        ("UNIT PRICE", " Did you mean 'Unit price'?"),
        ("nmae", " Did you mean 'Name'?"),
        ("Weight", ""),
        ("", ""),
    ],
)
def test_the_name_that_is_most_alike_is_named(wanted: str, hint: str) -> None:
    assert did_you_mean(wanted, NAMES) == hint


def test_long_texts_and_endless_lists_cost_little() -> None:
    assert did_you_mean("x" * 1_000_000, (f"Field {n}" for n in count())) == ""
