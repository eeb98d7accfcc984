"""What an operation weighs once its fragments are spread: one pass over the document, that takes each fragment once.

A fragment's weight is found when the weights of those that it spreads are known, so a document whose fragments double
(`fragment A on T { ...B ...B }`) costs what its text does, however much it would unfold to. Nothing here asks what the
document means; it may be one that validation is going to refuse.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
)


@dataclass(slots=True)
class Weight:
    """Of a selection, spread out: `fields` counts all selected fields, `roots` those of its first level.

    `depth` counts levels of fields, so that a field without a selection has 1; `literal_depth` levels of lists and
    objects in the values of arguments; `within_itself` how often a field occurs on one path, by name.
    """

    fields: int = 0
    roots: int = 0
    aliases: int = 0
    directives: int = 0
    depth: int = 0
    literal_depth: int = 0
    within_itself: dict[str, int] = field(default_factory=dict)

    def add(self, other: "Weight") -> None:
        """Count what stands beside it."""
        self.fields += other.fields
        self.roots += other.roots
        self.aliases += other.aliases
        self.directives += other.directives
        self.depth = max(self.depth, other.depth)
        self.literal_depth = max(self.literal_depth, other.literal_depth)
        for name, count in other.within_itself.items():
            if count > self.within_itself.get(name, 0):
                self.within_itself[name] = count

    @property
    def recursion(self) -> int:
        """How often the field that is within itself most often occurs on one path."""
        return max(self.within_itself.values(), default=0)


Weights = Mapping[str, Weight]
"""Of fragments, by name."""


def weigh_operations(
    document: DocumentNode, recurring: Collection[str]
) -> Iterator[tuple[OperationDefinitionNode, Weight]]:
    """Each operation with its weight. `recurring` names the fields that may come to be within themselves.

    A fragment that is not there, or that leads back into itself, weighs nothing: validation refuses it.
    """
    fragments: dict[str, FragmentDefinitionNode] = {}
    for node in document.definitions:
        if isinstance(node, FragmentDefinitionNode):
            fragments.setdefault(node.name.value, node)
    scales = _Scales(recurring)
    for fragment in innermost_first(fragments):
        weight = scales.selection(fragment.selection_set)
        weight.directives += len(fragment.directives or ())
        scales.weights[fragment.name.value] = weight
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            yield node, scales.operation(node)


class _Scales:
    """Weighs the definitions of one document; recurses no deeper than a definition is nested, which parsing bounds."""

    def __init__(self, recurring: Collection[str]) -> None:
        self._recurring = recurring
        self.weights: dict[str, Weight] = {}

    def operation(self, node: OperationDefinitionNode) -> Weight:
        total = self.selection(node.selection_set)
        total.directives += len(node.directives or ())
        for definition in node.variable_definitions or ():
            total.directives += len(definition.directives or ())
            if definition.default_value is not None:
                total.literal_depth = max(total.literal_depth, _literal_depth([definition.default_value]))
        return total

    def selection(self, node: SelectionSetNode) -> Weight:
        total = Weight()
        for each in node.selections:
            total.add(self._selected(each))
            if each.directives:
                total.directives += len(each.directives)
                values = (argument.value for directive in each.directives for argument in directive.arguments or ())
                total.literal_depth = max(total.literal_depth, _literal_depth(values))
        return total

    def _selected(self, node: SelectionNode) -> Weight:
        if isinstance(node, FieldNode):
            return self._field(node)
        if isinstance(node, FragmentSpreadNode):
            return self.weights.get(node.name.value) or Weight()
        return self.selection(node.selection_set)  # type: ignore[attr-defined]  # an inline fragment is left

    def _field(self, node: FieldNode) -> Weight:
        weight = self.selection(node.selection_set) if node.selection_set else Weight()
        weight.fields += 1
        weight.roots = 1
        weight.aliases += node.alias is not None
        weight.depth += 1
        name = node.name.value
        if node.selection_set and name in self._recurring:
            weight.within_itself[name] = weight.within_itself.get(name, 0) + 1
        if node.arguments:
            weight.literal_depth = max(weight.literal_depth, _literal_depth(each.value for each in node.arguments))
        return weight


def _literal_depth(values: Iterable[ValueNode]) -> int:
    """How deep lists and objects are nested in values."""
    deepest, waiting = 0, [(value, 1) for value in values]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, ListValueNode):
            deepest = max(deepest, depth)
            waiting.extend((item, depth + 1) for item in value.values)
        elif isinstance(value, ObjectValueNode):
            deepest = max(deepest, depth)
            waiting.extend((each.value, depth + 1) for each in value.fields)
    return deepest


def innermost_first(fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[FragmentDefinitionNode]:
    """Each fragment once, behind all that it spreads; without recursion, for a chain of them may be long."""
    begun: set[str] = set()
    for root in fragments:
        path = [] if root in begun else [(root, iter(_spreads(fragments[root].selection_set)))]
        begun.add(root)
        while path:
            name, spreads = path[-1]
            inner = next((each for each in spreads if each in fragments and each not in begun), None)
            if inner is None:
                path.pop()
                yield fragments[name]
            else:
                begun.add(inner)
                path.append((inner, iter(_spreads(fragments[inner].selection_set))))


def _spreads(selection_set: SelectionSetNode) -> Sequence[str]:
    """Names of the fragments that are spread somewhere in a selection."""
    found, waiting = [], [selection_set]
    while waiting:
        for node in waiting.pop().selections:
            if isinstance(node, FragmentSpreadNode):
                found.append(node.name.value)
            elif (inner := node.selection_set) is not None:  # type: ignore[attr-defined]  # of both other kinds
                waiting.append(inner)
    return found
