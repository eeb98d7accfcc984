"""Which scopes an API key must have for an operation: by its root fields, and by what it selects of their payloads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    is_interface_type,
    is_object_type,
)
from graphql.type import GraphQLNamedType, get_named_type

READ: Final = "read"
WRITE: Final = "write"
SCHEMA: Final = "schema"
ADMIN: Final = "admin"
"""Also of every mutation that is named nowhere below, so that a new one is not open to keys by oversight."""

_OPENED: Final[Mapping[str, frozenset[str]]] = {
    WRITE: frozenset(
        {
            *("createRecord", "createRecords", "updateRecord", "updateRecords", "upsertRecords", "deleteRecords"),
            *("transact", "restoreRecords", "undo", "importRecords", "submitForm"),
            "callFunction",
            "cancelFunctionCall",
            *("triggerAutomation", "clickButton"),
            *("focusCell", "blurCell", "moveCursor"),
            # Which ask for other credentials than the key:
            *("register", "login", "refreshTokens", "completeLogin", "startPasskeySignIn", "completePasskeySignIn"),
            *("startOAuth", "completeOAuth", "exchangeSignInCode"),
        }
    ),
    SCHEMA: frozenset(
        {
            *("createBase", "updateBase", "deleteBase", "duplicateBase"),
            *("createTable", "updateTable", "deleteTable", "reorderTables"),
            *("createField", "updateField", "deleteField", "reorderFields"),
            *("createUniqueConstraint", "enableUniqueConstraint"),
            *("disableUniqueConstraint", "deleteUniqueConstraint"),
            *("createView", "updateView", "deleteView", "duplicateView", "reorderViews"),
            *("publishForm", "unpublishForm", "createShareLink", "revokeShareLink"),
            *("createWebhook", "updateWebhook", "deleteWebhook", "rotateWebhookSecret"),
            *("testWebhook", "redeliverWebhook", "redeliverWebhookSince"),
            *("createIncomingWebhook", "updateIncomingWebhook", "deleteIncomingWebhook"),
            "regenerateIncomingWebhookToken",
        }
    ),
}
"""The mutations that each scope opens; see docs/api-keys.md."""

_SCOPES: Final = {name: scope for scope, names in _OPENED.items() for name in names}
_PLAIN: Final = frozenset({"id", "revision", "__typename"})
"""What a key without `read` may select of a thing with an id: it cannot go on without these."""


def scope_of_mutation(name: str) -> str:
    """The scope that opens the mutation of this name."""
    return _SCOPES.get(name, ADMIN)


class Scoping:
    """The scopes that the operations of one document need."""

    def __init__(self, schema: GraphQLSchema, fragments: Sequence[FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._fragments = {fragment.name.value: fragment for fragment in fragments}

    def needed(self, operation: OperationDefinitionNode) -> Sequence[str]:
        """The scopes, `read` as the last: that of a query or subscription, those of a mutation's root fields.

        A mutation needs `read` besides where it selects more of a thing with an id than what names it: or else a key
        that may only write could read any record by changing nothing of it.
        """
        root = self._schema.get_root_type(operation.operation)
        if operation.operation is not OperationType.MUTATION or root is None:
            return (READ,)
        roots = [node.name.value for _, node in self._fields(operation.selection_set, root)]
        scopes = sorted({scope_of_mutation(name) for name in roots if not name.startswith("__")})
        return (*scopes, READ) if self._reads(operation.selection_set, root) else scopes

    def _reads(self, selection: SelectionSetNode, type: GraphQLNamedType) -> bool:
        waiting = [(selection, type)]
        seen: set[str] = set()
        while waiting:
            for parent, node in self._fields(*waiting.pop(), seen):
                name = node.name.value
                if _has_id(parent):
                    if name not in _PLAIN:
                        return True
                elif node.selection_set is not None:
                    waiting.append((node.selection_set, self._type_of(parent, name)))
        return False

    def _type_of(self, parent: GraphQLNamedType, name: str) -> GraphQLNamedType:
        assert is_object_type(parent) or is_interface_type(parent)  # a valid document selects of these
        field = self._schema.get_field(parent, name)
        assert field is not None  # validation refuses fields that are not there
        return get_named_type(field.type)

    def _fields(
        self, selection: SelectionSetNode, type: GraphQLNamedType, seen: set[str] | None = None
    ) -> Iterator[tuple[GraphQLNamedType, FieldNode]]:
        """The fields of a selection with the types that they are of; each fragment once."""
        seen = set() if seen is None else seen
        waiting = [(selection, type)]
        while waiting:
            inner, parent = waiting.pop()
            for node in inner.selections:
                if isinstance(node, FieldNode):
                    yield parent, node
                elif isinstance(node, InlineFragmentNode):
                    waiting.append((node.selection_set, self._narrowed(node.type_condition, parent)))
                elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                    seen.add(node.name.value)
                    fragment = self._fragments[node.name.value]
                    waiting.append((fragment.selection_set, self._narrowed(fragment.type_condition, parent)))

    def _narrowed(self, condition: NamedTypeNode | None, otherwise: GraphQLNamedType) -> GraphQLNamedType:
        found = None if condition is None else self._schema.get_type(condition.name.value)
        return otherwise if found is None else found


def _has_id(type: GraphQLNamedType) -> bool:
    """Whether it is a thing of its own, rather than a part of an answer."""
    return type.name == "Node" or (is_object_type(type) and any(each.name == "Node" for each in type.interfaces))
