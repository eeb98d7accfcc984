"""Paths through what an incoming webhook brings."""

import pytest

from domain.errors import BadRequest
from domain.webhooks.paths import ABSENT, read_path, value_at

DOCUMENT = {"a": {"b": [1, {"c d": None}]}, "x.y": 2, 'q"': 3, "0": 4}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$", DOCUMENT),
        ("a.b[0]", 1),
        ("$.a.b[1]", {"c d": None}),
        ("a.b[1].c d", None),
        ('$.a["b"][1]["c d"]', None),
        ('["x.y"]', 2),
        (r'["q\""]', 3),
        ("0", 4),
        ("a.c", ABSENT),
        ("a.b[2]", ABSENT),
        ("a.b.0", ABSENT),
        ("a[0]", ABSENT),
        ("a.b[0].c", ABSENT),
    ],
)
def test_a_path_leads_to_a_value(path: str, value: object) -> None:
    assert value_at(DOCUMENT, read_path(path)) == value


def test_a_list_has_paths_too() -> None:
    assert value_at([[5]], read_path("[0][0]")) == 5


@pytest.mark.parametrize("path", ["", " ", "a..b", "a.", "a[", "a[x]", "a[-1]", '["a', "a$b", "a\x00", "x" * 501])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(BadRequest):
        read_path(path)
