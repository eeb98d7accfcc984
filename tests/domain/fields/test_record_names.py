"""Texts that name records: the commas between names, and those within quoted ones."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fields.record_names import join_names, split_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Acme", ["Acme"]),
        (" Acme , Best,", ["Acme", "Best"]),
        ('"Smith, John", Ann', ["Smith, John", "Ann"]),
        ('"He said ""no"""', ['He said "no"']),
        ('6" nail, "half', ['6" nail', '"half']),
        ('"a" b, c', ['"a" b', "c"]),
        ("a\nb", ["a\nb"]),
        (', ,"",', []),
    ],
)
def test_names_stand_between_commas(text: str, names: list[str]) -> None:
    assert split_names(text) == names


@given(st.lists(st.text(alphabet='a", \n', min_size=1)))
def test_what_was_joined_is_split_into_the_same_names(names: list[str]) -> None:
    assert split_names(join_names(names)) == names


@pytest.mark.parametrize("piece", ['"', '",', '"a,', '"",', '""",', " ,", '" ,'])
def test_a_text_of_the_greatest_length_is_split_in_no_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    began = time.perf_counter()
    split_names(text)
    assert time.perf_counter() - began < 2
