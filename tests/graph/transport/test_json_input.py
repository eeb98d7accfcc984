"""JSON as it comes in: what is none, and what is too much of it."""

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.transport.json_input import JsonLimits, NotJson, read_json

LIMITS = JsonLimits(max_depth=4, max_digits=10, max_containers=1_000)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(alphabet='a"\\[]{}0123456789'),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


def depth_of(value: Any) -> int:
    """How many objects and arrays stand in each other."""
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


@pytest.mark.parametrize(
    "text",
    [b"NaN", b"Infinity", b"-Infinity", b"[NaN]", b"1e400", b"-1e400", b'"\\ud800"', b'"\xff"', b'"\xed\xa0\x80"', b"",
     b"{'a': 1}", b"[1,]", b"01", b"+1", b"1.", b"\xef\xbb\xbf{}", b'"\x00"', b"{} {}"],
)  # fmt: skip
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(NotJson, match=r"^is not valid JSON: "):
        read_json(text, LIMITS)


@pytest.mark.parametrize("text", [b"[[[[]]]]", b'{"a":{"a":[{}]}}', b'["[[[[[[[[", "{{{{{{{{{"]', b'"[[[[[[[["', b"[]"])
def test_so_deep_is_taken(text: bytes) -> None:
    assert read_json(text, LIMITS) == orjson.loads(text)


@pytest.mark.parametrize(
    "text", [b"[[[[[]]]]]", b'[1, {"a":{"a":[{}]}}]', b'["]]]]]", [[[[1]]]]]', b"[" * 900 + b"]" * 900]
)
def test_deeper_is_refused(text: bytes) -> None:
    with pytest.raises(NotJson, match="more than 4 levels deep"):
        read_json(text, LIMITS)


@pytest.mark.parametrize(
    "text", [b"1234567890", b"-123456.890e123", b'"12345678901234567890"', b'{"\\"12345678901": 1}']
)
def test_so_many_digits_are_taken(text: bytes) -> None:
    assert read_json(text, LIMITS) == orjson.loads(text)


@pytest.mark.parametrize(
    "text", [b"12345678901", b"-0.1234567890", b"1e00000000001", b'["1", 12345678901, "12345678901"]']
)
def test_more_digits_are_refused(text: bytes) -> None:
    with pytest.raises(NotJson, match="a number of more than 10 digits"):
        read_json(text, LIMITS)


@pytest.mark.parametrize(
    "text", [b"[%b[]]" % (b"{}," * 998), b'["%b", {}]' % (b"[" * 2_000), b'{"%b": 1}' % (b"{" * 2_000)]
)
def test_so_many_containers_are_taken(text: bytes) -> None:
    assert read_json(text, LIMITS) == orjson.loads(text)


@pytest.mark.parametrize("text", [b"[%b[]]" % (b"{}," * 999), b"[" * 1_001, b'{"\\"{": [%b[]]}' % (b"[]," * 998)])
def test_more_containers_are_refused(text: bytes) -> None:
    with pytest.raises(NotJson, match="more than 1,000 objects and arrays"):
        read_json(text, LIMITS)


@settings(max_examples=300, deadline=None)
@given(values)
def test_depth_is_what_a_walk_would_find(value: Any) -> None:
    text = orjson.dumps(value)
    if depth_of(value) <= LIMITS.max_depth:
        assert read_json(text, LIMITS) == value
    else:
        with pytest.raises(NotJson):
            read_json(text, LIMITS)
