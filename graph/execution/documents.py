"""Parsed and validated documents, kept so that a known text costs a look-up."""

from collections import OrderedDict
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    validate,
)

from domain.errors import QueryTooComplex
from graph.execution.planned import PlannedOperation

MAX_CHARACTERS = 500_000
"""Of a document; long values belong in the variables."""
MAX_TOKENS = 2_000
MAX_CACHED_CHARACTERS = 4 << 20


@dataclass(slots=True)
class Prepared:
    """A document that was parsed and validated once.

    `plans` holds what became of its operations' plans, by name: None for one that has to go the long way.
    """

    document: DocumentNode
    operations: dict[str | None, OperationDefinitionNode]
    fragments: list[FragmentDefinitionNode]
    plans: dict[str | None, PlannedOperation | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that cannot be executed, and why."""

    errors: list[GraphQLError]


class DocumentCache:
    """The most recently used documents, bounded by the length of their texts."""

    def __init__(self, schema: GraphQLSchema, max_characters: int = MAX_CACHED_CHARACTERS) -> None:
        self._schema = schema
        self._max_characters = max_characters
        self._characters = 0
        self._entries: OrderedDict[str, Prepared | Refused] = OrderedDict()

    def get(self, source: str) -> Prepared | Refused:
        """The document of this text, prepared now or earlier."""
        entry = self._entries.get(source)
        if entry is not None:
            self._entries.move_to_end(source)
            return entry
        entry = self._prepare(source)
        if len(source) <= MAX_CHARACTERS:
            self._keep(source, entry)
        return entry

    def _prepare(self, source: str) -> Prepared | Refused:
        if len(source) > MAX_CHARACTERS:
            return _too_long(source)
        try:
            document = parse(source, max_tokens=MAX_TOKENS, allow_empty_selection_sets=False)
        except GraphQLError as error:
            return Refused([error])
        errors = validate(self._schema, document, max_errors=20, allow_empty_selection_sets=False)
        if errors:
            return Refused([_plain(error) for error in errors])
        fragments = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
        return Prepared(document, _operations(document), fragments)

    def _keep(self, source: str, entry: Prepared | Refused) -> None:
        self._entries[source] = entry
        self._characters += len(source)
        while self._characters > self._max_characters and self._entries:
            dropped, _ = self._entries.popitem(last=False)
            self._characters -= len(dropped)


def _too_long(source: str) -> Refused:
    message = f"The document has {len(source):,} characters; at most {MAX_CHARACTERS:,} are taken. Use variables."
    return Refused([GraphQLError(message, original_error=QueryTooComplex(message))])


def _plain(error: GraphQLError) -> GraphQLError:
    """The error itself, or a plain one where Python refused to read a number of thousands of digits."""
    if not isinstance(error.original_error, ValueError):
        return error
    return GraphQLError("The number has too many digits.", error.nodes)


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
