"""Telling the delimiter and the quote of a file."""

import pytest

from domain.imports.dialects import Dialect, find_dialect


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b\n1,5;2,5\n3;4\n", ";"),
        ("1,5;2,5\n3,5;4,5\n", ";"),
        ("a\tb\nx, y\tz; w\nq\tr\n", "\t"),
        ("a|b|c\n1|2,3|4\n5|6|7\n", "|"),
        ("name\nAnn\nBob\n", ","),
        ('a,b\n"x;y;z",1\n"p;q",2\n', ","),
        ("name,note\nAnn,a;b\nBob,c\n", ","),
        ("", ","),
    ],
)
def test_delimiter_is_the_one_that_sets_rows_apart_evenly(sample: str, expected: str) -> None:
    assert find_dialect(sample).delimiter == expected


def test_single_quotes_are_found_where_there_are_no_double_ones() -> None:
    assert find_dialect("a,b\n'x,y',1\n'z',2\n") == Dialect(",", "'")


def test_apostrophes_are_no_quotes() -> None:
    assert find_dialect("a,b\nO'Neil,rock 'n' roll\nit's,2\n").quote == '"'


def test_separator_line_counts_unless_a_delimiter_is_given() -> None:
    assert find_dialect("sep=;\na;b\n") == Dialect(";", skipped_lines=1)
    assert find_dialect("SEP=;\r\na,b\n", delimiter=",") == Dialect(",", skipped_lines=1)
