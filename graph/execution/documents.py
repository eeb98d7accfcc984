"""Parsed and validated documents, kept so that a known text costs a look-up."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
)

from graph.execution.guard.bounds import passed_bounds, recurring_fields
from graph.execution.guard.cost import Price
from graph.execution.guard.pricing import Pricing
from graph.execution.guard.scopes import Scoping
from graph.execution.guard.syntax import drop_tokens, parse_bounded, unlink_tokens
from graph.execution.guard.validation import validate_bounded
from graph.execution.planned import PlannedOperation
from resolvers.services import Limits

BYTES_PER_ENTRY: Final = 8_192
BYTES_PER_CHARACTER: Final = 4
BYTES_PER_TOKEN: Final = 550
"""What nodes, plans and prices take of memory for each token of a document; a test measures that."""
BYTES_PER_ERROR: Final = 1_024


@dataclass(slots=True)
class Prepared:
    """A document that was parsed and validated once.

    `plans` holds what became of its operations' plans, by name: None for one that has to go the long way.
    """

    document: DocumentNode
    operations: dict[str | None, OperationDefinitionNode]
    fragments: list[FragmentDefinitionNode]
    pricing: Pricing
    scoping: Scoping
    tokens: int
    is_registered: bool = False
    """Whether the server was given it beforehand."""
    plans: dict[str | None, PlannedOperation | None] = field(default_factory=dict)
    prices: dict[str | None, Price] = field(default_factory=dict)
    scopes: dict[str | None, Sequence[str]] = field(default_factory=dict)

    def cost(self, name: str | None, variables: Mapping[str, Any]) -> int:
        """What the operation of this name costs with these variables."""
        price = self.prices.get(name)
        if price is None:
            price = self.prices[name] = self.pricing.price(self.operations[name])
        return price.amount(variables)

    def needed_scopes(self, name: str | None) -> Sequence[str]:
        """The scopes that credentials must have for the operation of this name."""
        needed = self.scopes.get(name)
        if needed is None:
            needed = self.scopes[name] = self.scoping.needed(self.operations[name])
        return needed


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that cannot be executed, and why."""

    errors: list[GraphQLError]
    """They know their places, and nothing else of the document."""


class DocumentCache:
    """The most recently used documents, bounded by the bytes that they take."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, *, shows_schema: bool = True) -> None:
        self._schema = schema
        self._limits = limits
        self._shows_schema = shows_schema
        self._recurring = recurring_fields(schema)
        self._bytes = 0
        self.registered: frozenset[str] = frozenset()
        """Texts of documents that the server was given beforehand; see `graph.trusted.documents`."""
        self._entries: OrderedDict[str, Prepared | Refused] = OrderedDict()

    def get(self, source: str) -> Prepared | Refused:
        """The document of this text, prepared now or earlier."""
        entry = self._entries.get(source)
        if entry is not None:
            self._entries.move_to_end(source)
            return entry
        entry = self._prepare(source)
        if len(source) <= self._limits.max_document_characters:
            self._keep(source, entry)
        return entry

    def subscription(self, source: str, operation_name: str | None) -> "Prepared | None":
        """The document whose operation of this name is a subscription; None where it is another, or none to execute."""
        entry = self.get(source)
        if not isinstance(entry, Prepared):
            return None
        operation = entry.operations.get(operation_name)
        return entry if operation is not None and operation.operation is OperationType.SUBSCRIPTION else None

    def is_subscription(self, source: str, operation_name: str | None) -> bool:
        """Whether the operation of this name is a subscription; False where there is none to execute."""
        return self.subscription(source, operation_name) is not None

    @property
    def bytes(self) -> int:
        """What is kept takes about so many bytes, rather less."""
        return self._bytes

    def _prepare(self, source: str) -> Prepared | Refused:
        try:
            document = parse_bounded(source, self._limits)
        except GraphQLError as error:
            return Refused([_alone(error)])
        tokens = unlink_tokens(document)
        errors = passed_bounds(document, self._recurring, self._limits) or validate_bounded(
            self._schema, document, shows_schema=self._shows_schema
        )
        if errors:
            return Refused([_alone(error) for error in errors])
        drop_tokens(document)
        fragments = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
        pricing = Pricing(self._schema, fragments, self._limits)
        scoping = Scoping(self._schema, fragments)
        return Prepared(document, _operations(document), fragments, pricing, scoping, tokens, source in self.registered)

    def _keep(self, source: str, entry: Prepared | Refused) -> None:
        self._entries[source] = entry
        self._bytes += _size(source, entry)
        while self._bytes > self._limits.document_cache_bytes and self._entries:
            dropped, dropped_entry = self._entries.popitem(last=False)
            self._bytes -= _size(dropped, dropped_entry)


def _size(source: str, entry: Prepared | Refused) -> int:
    own = BYTES_PER_TOKEN * entry.tokens if isinstance(entry, Prepared) else BYTES_PER_ERROR * len(entry.errors)
    return BYTES_PER_ENTRY + BYTES_PER_CHARACTER * len(source) + own


def _alone(error: GraphQLError) -> GraphQLError:
    """The error without the nodes that it points to, and without the frames that raised it: they hold the document."""
    error.nodes = error.__context__ = None
    return error.with_traceback(None)


def _operations(document: DocumentNode) -> dict[str | None, OperationDefinitionNode]:
    found = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    operations: dict[str | None, OperationDefinitionNode] = {
        node.name.value: node for node in found if node.name is not None
    }
    if len(found) == 1:
        operations[None] = found[0]
    return operations


def is_lone(operation: OperationDefinitionNode) -> bool:
    """Whether the operation surely has one root field, so that nothing else shares its transaction."""
    selections = operation.selection_set.selections
    return len(selections) == 1 and isinstance(selections[0], FieldNode)
