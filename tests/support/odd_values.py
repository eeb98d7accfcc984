"""Operations of every root field with odd arguments, made from the schema by chance, the same for the same seed."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
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

INSTANTS: Final[Sequence[str]] = ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2024-05-31T13:45:00Z")
"""The first two are in years that a date in UTC cannot hold."""
TEXTS: Final[Sequence[str]] = (
    *("", "x", "\x00", "a" * 300, "%", "_", "\\", "'; DROP TABLE users; --", "null", "NaN", "Infinity", "-0"),
    *("1e999", "1" * 400, "2024-13-45", "9999999-01-01", *INSTANTS, "P1Y", "24:61", "١٢", "\u202e"),
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
MAX_PLACES: Final = 3
"""Objects within one another in which a place for a value is looked for."""
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

    def __init__(self, schema: GraphQLSchema, seed: object, ids: Mapping[str, str], names: Sequence[str]) -> None:
        self._schema = schema
        self._random = random.Random(str(seed))
        self._ids = ids
        self._names = names
        self._oddness = 1.0

    def operations(self) -> Iterator[Operation]:
        """One operation of each root field of queries and mutations."""
        for root in filter(None, (self._schema.query_type, self._schema.mutation_type)):
            for name in root.fields:
                yield self.operation(f"{root.name}.{name}")

    def operation(self, field: str, right: Mapping[str, Any] = MappingProxyType({}), oddness: float = 1) -> Operation:
        """An operation of a root field such as `Query.me`.

        Each of the arguments `right`, and each value in them, is left as it is unless chance has it odd; with an
        oddness of 0 there are no others than these.
        """
        self._oddness = oddness
        root, _, name = field.partition(".")
        kind = self._schema.get_type(root)
        assert isinstance(kind, GraphQLObjectType)
        definition = kind.fields[name]
        given = {
            key: each
            for key, each in definition.args.items()
            if key in right or is_required_argument(each) or self._is_odd(0.6)
        }
        declared = ", ".join(f"${key}: {each.type}" for key, each in given.items())
        passed = ", ".join(f"{key}: ${key}" for key in given)
        head = f"{root.lower()} Odd({declared})" if given else root.lower()
        call = f"{name}({passed})" if given else name
        variables = {key: self.value(each.type, key, right.get(key)) for key, each in given.items()}
        return Operation(field, f"{head} {{ {call} {selection(definition.type)} }}", variables)

    def places(self, field: str, type: str) -> Iterator[Sequence[str]]:
        """Where a value of a type may stand in the arguments of a root field, as `placed` takes them."""
        root, _, name = field.partition(".")
        kind = self._schema.get_type(root)
        assert isinstance(kind, GraphQLObjectType)
        return _places(kind.fields[name].args, type, MAX_PLACES)

    def value(self, type: GraphQLInputType, name: str, right: Any = None, depth: int = 0) -> Any:
        """A value of the right kind for the type, so that it gets as far as it can."""
        if not isinstance(type, GraphQLNonNull):
            return None if self._is_odd(0.1) else self._some(type, name, right, depth)
        return self._some(type.of_type, name, right, depth)

    def _is_odd(self, share: float) -> bool:
        return self._random.random() < share * self._oddness

    def _some(self, type: GraphQLInputType, name: str, right: Any, depth: int) -> Any:
        if isinstance(type, GraphQLInputObjectType):
            return self._object(type, right or {}, depth)
        if isinstance(type, GraphQLList) and not isinstance(right, list):
            count = 1 if right is not None else self._random.choice((0, 1, 1, 1, 2, 5))
            return [self.value(type.of_type, name, right, depth + 1) for _ in range(count)]
        if isinstance(type, GraphQLList):
            return [self.value(type.of_type, name, each, depth + 1) for each in right]
        if right is not None and not self._is_odd(1):
            return right
        if isinstance(type, GraphQLEnumType):
            return self._random.choice(list(type.values))
        return self._leaf(str(type), name)

    def _object(self, type: GraphQLInputObjectType, right: Mapping[str, Any], depth: int) -> dict[str, Any]:
        share = 0.5 if depth < MAX_DEPTH else 0.0
        return {
            key: self.value(each.type, key, right.get(key), depth + 1)
            for key, each in type.fields.items()
            if key in right or is_required_input_field(each) or self._is_odd(share)
        }

    def _leaf(self, type: str, name: str) -> Any:
        chance = self._random
        if type == "ID" and chance.random() < 0.9:
            return self._ids.get(name) or chance.choice(list(self._ids.values()))
        if name in ("field", "mergeOn", "only") and chance.random() < 0.8:
            return chance.choice(self._names)
        if name in ("operator", "direction"):
            return chance.choice(TEXTS)
        kinds = {"Int": INTS, "Float": NUMBERS, "Boolean": (True, False), "String": TEXTS, "ID": TEXTS}
        kinds["DateTime"] = INSTANTS
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


def _places(given: Mapping[str, Any], type: str, depth: int) -> Iterator[Sequence[str]]:
    for name, each in given.items():
        named = get_named_type(each.type)
        if str(named) == type:
            yield (name,)
        elif depth > 1 and isinstance(named, GraphQLInputObjectType):
            yield from ((name, *rest) for rest in _places(named.fields, type, depth - 1))


def placed(arguments: Mapping[str, Any], path: Sequence[str], value: Any) -> dict[str, Any]:
    """The arguments with this value in one place; a list there has it alone."""
    name, *rest = path
    inner = arguments.get(name)
    if rest:
        value = placed(inner if isinstance(inner, Mapping) else {}, rest, value)
    return {**arguments, name: value}


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
