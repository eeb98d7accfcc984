"""The search for fields that overlap, which compares pairs: its bound, and what it is going to take at least."""

from collections import Counter
from math import comb
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
)
from graphql.validation import OverlappingFieldsCanBeMergedRule

MAX_OVERLAP_STEPS: Final = 10_000
"""Steps of that search in one document, of up to 3 µs: graphql-core's own bound of 500,000 allows for a second.

Fields of the same name in one selection are compared in pairs, and so are the fragments that are spread there. Nobody
who writes or generates queries comes near it: 40 fragments in one selection, each with a field of the same name,
take 4,000.
"""
STEPS_A_PAIR: Final = 2
"""That graphql-core counts for two fields or two fragments, before it looks at them."""


class BriefOverlaps(OverlappingFieldsCanBeMergedRule):
    """The rule of the specification, within `MAX_OVERLAP_STEPS`."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = MAX_OVERLAP_STEPS


def least_steps(document: DocumentNode) -> int:
    """How many steps the search takes at least, found out by one look at each selection."""
    fragments = {node.name.value for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    steps = 0
    waiting = [
        node.selection_set
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    while waiting:
        fields: Counter[str] = Counter()
        spread: set[str] = set()
        together: list[SelectionSetNode] = [waiting.pop()]  # with those of inline fragments in it
        while together:
            for node in together.pop().selections:
                if isinstance(node, FieldNode):
                    fields[(node.alias or node.name).value] += 1
                    if node.selection_set is not None:
                        waiting.append(node.selection_set)
                elif isinstance(node, FragmentSpreadNode):
                    spread.add(node.name.value)
                else:
                    together.append(node.selection_set)  # type: ignore[attr-defined]  # an inline fragment is left
        steps += STEPS_A_PAIR * (comb(len(spread & fragments), 2) + sum(comb(count, 2) for count in fields.values()))
    return steps
