"""Operations of every root field with odd arguments, made from the schema by chance, the same for the same seed."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

TEXTS: Final[Sequence[str]] = (
    *("", "x", "\x00", "a" * 300, "%", "_", "\\", "'; DROP TABLE users; --", "null", "NaN", "Infinity", "-0"),
    *("1e999", "1" * 400, "2024-13-45", "9999999-01-01", "0001-01-01T00:00:00+23:59", "P1Y", "24:61", "١٢", "\u202e"),
    *(
        "😀" * 100,
        "\ufffe",
        "$id",
        "$createdAt",
        "0190a0a0-0000-7000-8000-000000000000",
        "(1,2)",
        "{a,b}",
        "[1]",
        "<b>",
    ),
)
NUMBERS: Final[Sequence[float]] = (0, -1, 1, 2, 1_000, 2**31, 2**53, 2**63, -(2**63), 2**64 - 1, 1e308, -5e-324, 0.1)
INTS: Final[Sequence[int]] = (0, 1, -1, 2, 10, 1_000, 2_147_483_647, -2_147_483_648)
MAX_DEPTH: Final = 5
NOT_OUR_WORDS: Final = re.compile(
    r"Traceback|asyncpg|sqlalchemy|strawberry|site-packages|object at 0x|<class|NoneType|\bSELECT\b|\bINSERT\b|"
    r"\bpg_\w+|invalid input syntax|relation \"|column \"|violates|base_\d|f_\d|not supported between|"
    r"argument should contain|Error\(|\.py\b"
)
"""What an error never says, whatever was sent."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation with one root field."""

    field: str
    document: str
    variables: Mapping[str, Any]


class OddValues:
    """`ids` are those of things that are there, by the name of the argument for them; `names` are of fields."""

    def __init__(self, schema: GraphQLSchema, seed: int, ids: Mapping[str, str], names: Sequence[str]) -> None:
        self._schema = schema
        self._random = random.Random(seed)
        self._ids = ids
        self._names = names

    def operations(self, leave_out: frozenset[str]) -> Iterator[Operation]:
        """One operation of each root field of queries and mutations."""
        roots = (("query", self._schema.query_type), ("mutation", self._schema.mutation_type))
        for kind, root in roots:
            assert root is not None
            for name, field in root.fields.items():
                if name not in leave_out:
                    yield self._operation(kind, name, field)

    def _operation(self, kind: str, name: str, field: GraphQLField) -> Operation:
        given = {
            key: each for key, each in field.args.items() if is_required_argument(each) or self._random.random() < 0.6
        }
        declared = ", ".join(f"${key}: {each.type}" for key, each in given.items())
        passed = ", ".join(f"{key}: ${key}" for key in given)
        head = f"{kind} Odd({declared})" if given else kind
        call = f"{name}({passed})" if given else name
        variables = {key: self.value(each.type, key) for key, each in given.items()}
        return Operation(name, f"{head} {{ {call} {selection(field.type)} }}", variables)

    def value(self, type: GraphQLInputType, name: str, depth: int = 0) -> Any:
        """A value of the right kind for the type, so that it gets as far as it can."""
        chance = self._random
        if isinstance(type, GraphQLNonNull):
            return self._some(type.of_type, name, depth)
        return None if chance.random() < 0.1 else self._some(type, name, depth)

    def _some(self, type: GraphQLInputType, name: str, depth: int) -> Any:
        chance = self._random
        if isinstance(type, GraphQLList):
            return [self.value(type.of_type, name, depth + 1) for _ in range(chance.choice((0, 1, 1, 1, 2, 5)))]
        if isinstance(type, GraphQLInputObjectType):
            share = 0.5 if depth < MAX_DEPTH else 0.0
            return {
                key: self.value(each.type, key, depth + 1)
                for key, each in type.fields.items()
                if is_required_input_field(each) or chance.random() < share
            }
        if isinstance(type, GraphQLEnumType):
            return chance.choice(list(type.values))
        return self._leaf(str(type), name)

    def _leaf(self, type: str, name: str) -> Any:
        chance = self._random
        if type == "ID" and chance.random() < 0.9:
            return self._ids.get(name) or chance.choice(list(self._ids.values()))
        if name in ("field", "mergeOn", "only") and chance.random() < 0.8:
            return chance.choice(self._names)
        if name in ("operator", "direction"):
            return chance.choice(TEXTS)
        kinds = {"Int": INTS, "Float": NUMBERS, "Boolean": (True, False), "String": TEXTS, "ID": TEXTS}
        return chance.choice(kinds[type]) if type in kinds else self._json(name)

    def _json(self, name: str, depth: int = 0) -> Any:
        chance = self._random
        if name in ("fields", "records", "create", "update") and depth == 0 and chance.random() < 0.9:
            chosen = chance.sample(self._names, chance.randint(0, len(self._names)))
            return {key: self._json("", 1) for key in chosen}
        if depth > 2 or chance.random() < 0.7:
            return chance.choice((None, True, False, *NUMBERS, *TEXTS))
        if chance.random() < 0.5:
            return [self._json("", depth + 1) for _ in range(chance.randint(0, 3))]
        return {chance.choice(TEXTS): self._json("", depth + 1) for _ in range(chance.randint(0, 3))}


def selection(type: GraphQLOutputType, depth: int = 0) -> str:
    """All leaves of a type and of the objects in it; nothing of a leaf."""
    named = get_named_type(type)
    if is_leaf_type(named):
        return ""
    if not isinstance(named, GraphQLObjectType):
        return "{ __typename }"
    parts = ["__typename"]
    for name, field in named.fields.items():
        is_leaf = is_leaf_type(get_named_type(field.type))
        if not any(map(is_required_argument, field.args.values())) and (is_leaf or depth < 1):
            parts.append(f"{name} {selection(field.type, depth + 1)}")
    return "{ " + " ".join(parts) + " }"
