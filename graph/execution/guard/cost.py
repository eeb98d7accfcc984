"""What an operation costs, as a sum that is made once for its document and worked out for each request's variables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graph.execution.guard.size import Size
from graph.execution.inputs import ListedInput, list_lengths

PER_ITEM: Final = 5
"""Cost of each item of the lists that a mutation's arguments bring in: a record that is written, for instance."""


@dataclass(frozen=True, slots=True)
class Cost:
    """`constant`, and for each page its size times what each of its items costs."""

    constant: int = 0
    pages: "Sequence[Page]" = ()

    def plus(self, other: "Cost") -> "Cost":
        """Both together."""
        return Cost(self.constant + other.constant, (*self.pages, *other.pages))

    def times(self, size: Size) -> "Cost":
        """This for each item of a page; worked out at once where no variable decides."""
        fixed = size.fixed
        if fixed is not None and not self.pages:
            return Cost(self.constant * fixed)
        return Cost(0, (Page(size, self),))

    def amount(self, variables: Mapping[str, Any]) -> int:
        """What it comes to with these variables."""
        total = self.constant
        for page in self.pages:
            total += page.size.amount(variables) * page.each.amount(variables)
        return total


@dataclass(frozen=True, slots=True)
class Page:
    """A list of a size, and what each of its items costs."""

    size: Size
    each: Cost


@dataclass(frozen=True, slots=True)
class Price:
    """What an operation costs: of what it selects, and `PER_ITEM` for each list item in the variables of `batches`.

    `defaults` are those of its variables that sizes depend on.
    """

    cost: Cost
    batches: Sequence[ListedInput]
    defaults: Mapping[str, int]

    def amount(self, variables: Mapping[str, Any]) -> int:
        """The cost of a request with these variables, whatever they hold; never negative."""
        total = self.cost.amount({**self.defaults, **variables} if self.defaults else variables)
        return total + PER_ITEM * sum(length for length, _ in list_lengths(self.batches, variables))
