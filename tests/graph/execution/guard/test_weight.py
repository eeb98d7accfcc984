"""The weight of an operation is that of the same operation with its fragments written out, found in one pass."""

from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)
from hypothesis import given
from hypothesis import strategies as st

from graph.execution.guard.weight import Weight, weigh_operations

RECURRING: Final = frozenset("ab")
FIELDS: Final = ("a", "b", "c", "x: a", "y: c", "a @skip(if: true)", "c(v: [[1], {k: [2]}]) @d @e(f: [])")


@st.composite
def documents(draw: st.DrawFn) -> str:
    """An operation and fragments, of which each spreads only later ones."""
    count = draw(st.integers(0, 4))

    def selection(first: int, depth: int) -> str:
        return " ".join(draw(st.lists(st.deferred(lambda: one(first, depth)), min_size=1, max_size=3)))

    def one(first: int, depth: int) -> st.SearchStrategy[str]:
        name = st.sampled_from(FIELDS)
        kinds = [name]
        if first < count:
            kinds.append(st.integers(first, count - 1).map(lambda i: f"...F{i} @d"))
        if depth < 3:
            kinds.append(name.map(lambda text: f"{text} {{ {selection(first, depth + 1)} }}"))
            kinds.append(st.just(0).map(lambda _: f"... @d {{ {selection(first, depth + 1)} }}"))
        return st.one_of(kinds)

    fragments = [f"fragment F{i} on T @d {{ {selection(i + 1, 0)} }}" for i in range(count)]
    return f"query ($v: I = [[[3]]] @d) @d {{ {selection(0, 0)} }} " + " ".join(draw(st.permutations(fragments)))


class Naive:
    """Walks every path of the operation, however many there are."""

    def __init__(self, document: DocumentNode) -> None:
        definitions = document.definitions
        self.fragments = {each.name.value: each for each in definitions if isinstance(each, FragmentDefinitionNode)}
        self.weight = Weight(literal_depth=3)
        [operation] = [each for each in definitions if isinstance(each, OperationDefinitionNode)]
        self.weight.directives = 2
        self.walk(operation.selection_set, ())

    def walk(self, selection_set: SelectionSetNode, path: tuple[str, ...]) -> None:
        weight = self.weight
        for node in selection_set.selections:
            weight.directives += len(node.directives or ())
            if isinstance(node, FragmentSpreadNode):
                fragment = self.fragments[node.name.value]
                weight.directives += len(fragment.directives or ())
                self.walk(fragment.selection_set, path)
            elif isinstance(node, FieldNode):
                self.field(node, (*path, node.name.value))
            else:
                self.walk(node.selection_set, path)  # type: ignore[attr-defined]

    def field(self, node: FieldNode, path: tuple[str, ...]) -> None:
        weight = self.weight
        weight.fields += 1
        weight.roots += len(path) == 1
        weight.aliases += node.alias is not None
        weight.depth = max(weight.depth, len(path))
        name = path[-1]
        if node.selection_set is not None:
            if name in RECURRING:
                weight.within_itself[name] = max(weight.within_itself.get(name, 0), path.count(name))
            self.walk(node.selection_set, path)


@given(documents())
def test_the_weight_is_that_of_the_operation_written_out(text: str) -> None:
    document = parse(text)
    [(_, weight)] = weigh_operations(document, RECURRING)
    assert weight == Naive(document).weight


def doubling(count: int) -> str:
    fragments = "".join(f" fragment F{i} on T {{ ...F{i + 1} ...F{i + 1} }}" for i in range(count))
    return f"{{ ...F0 }}{fragments} fragment F{count} on T {{ a: b }}"


def test_fragments_that_double_are_weighed_once_each() -> None:
    [(_, weight)] = weigh_operations(parse(doubling(180)), RECURRING)
    assert (weight.fields, weight.aliases, weight.depth) == (2**180, 2**180, 1)


def test_fragments_in_circles_and_missing_ones_come_to_an_end() -> None:
    text = "{ a ...F ...Missing } fragment F on T { b ...G } fragment G on T { c ...F ...G }"
    [(_, weight)] = weigh_operations(parse(text), RECURRING)
    assert weight.fields == 3
