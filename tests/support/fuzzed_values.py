"""Values of our scalars for schemathesis: right ones, and odd ones that a literal of GraphQL can hold."""

from collections.abc import Sequence
from typing import Final

import schemathesis
from graphql import FloatValueNode, IntValueNode, NameNode, ObjectFieldNode, ValueNode
from hypothesis import strategies as st
from schemathesis.graphql import nodes

from tests.support.odd_values import INTS, NUMBERS, TEXTS

RIGHT: Final = "@right"
"""Stands for the value that fits the argument, which is known only when the operation is sent."""
FIELDS: Final = ("TEXT", "NUMBER", "CHECKBOX", "DATE", "DATETIME", "SINGLE_SELECT", "DIMENSION")
"""Of the table that is hit; they are called after their types."""
KEYS: Final = (*FIELDS, "value", "unit", "choices")
"""Of objects in JSON: fields, and members of values and options."""
MOMENTS: Final[Sequence[str]] = (
    *("2024-05-31T13:45:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2024-02-30T00:00:00Z"),
    *("1970-01-01T00:00:00.123456789Z", "2024-05-31", "2024-05-31 13:45", "", "infinity", "2024-12-31T23:59:60Z"),
)
LITERALS: Final[Sequence[ValueNode]] = (
    *(FloatValueNode(value=each) for each in ("1e400", "-1e400", "1e-400", "-0.0", "0.1", "9" * 90 + ".5")),
    *(IntValueNode(value=each) for each in ("9" * 30, "-" + "9" * 18, "-0", "9" * 101)),
)

strings = st.sampled_from(TEXTS) | st.sampled_from(KEYS) | st.text(max_size=20)
leaves = (
    st.just(nodes.Null)
    | st.booleans().map(nodes.Boolean)
    | st.sampled_from([nodes.Int(each) if isinstance(each, int) else nodes.Float(each) for each in NUMBERS])
    | st.sampled_from(LITERALS)
    | strings.map(nodes.String)
)


def register() -> None:
    """Tell schemathesis; what it makes by itself of our scalars and of GraphQL's is random through and through."""
    values = st.recursive(leaves, lambda inner: _lists(inner) | _objects(inner), max_leaves=8)
    scalars = {
        "ID": _mostly_right(10).map(nodes.String),
        "String": (_mostly_right(2) | strings).map(nodes.String),
        "Int": (st.integers(0, 20) | st.sampled_from(INTS)).map(nodes.Int),
        "DateTime": (st.sampled_from(MOMENTS) | strings).map(nodes.String),
        "JSON": _objects(leaves) | _objects(values) | values,
    }
    for name, strategy in scalars.items():
        schemathesis.graphql.scalar(name, strategy)


def _mostly_right(times: int) -> st.SearchStrategy[str]:
    """The right value, so many times as often as an odd one."""
    return st.sampled_from([RIGHT] * len(TEXTS) * times + list(TEXTS))


def _lists(inner: st.SearchStrategy[ValueNode]) -> st.SearchStrategy[ValueNode]:
    return st.lists(inner, max_size=3).map(nodes.List)


def _objects(inner: st.SearchStrategy[ValueNode]) -> st.SearchStrategy[ValueNode]:
    def built(members: dict[str, ValueNode]) -> ValueNode:
        return nodes.Object([ObjectFieldNode(name=NameNode(value=key), value=value) for key, value in members.items()])

    return st.dictionaries(st.sampled_from(KEYS), inner, max_size=4).map(built)
