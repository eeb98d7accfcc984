"""Parsing that ends soon whatever the text is: its length, tokens, comments and nesting are bounded."""

from typing import Final, cast

from graphql import DocumentNode, GraphQLError, GraphQLSyntaxError, Node, Token, parse

from domain.errors import QueryTooComplex
from resolvers.services import Limits

_GIVEN_UP: Final = "Parsing aborted."
"""How graphql-core ends the message of a syntax error that is none, but one of its bounds."""


def parse_bounded(source: str, limits: Limits) -> DocumentNode:
    """The document of a text; raises `GraphQLError`, whose original error is `QueryTooComplex` where it is too much.

    What is too much is not read to its end, so the messages cannot say by how much.
    """
    if len(source) > limits.max_document_characters:
        raise _too_long(len(source), limits.max_document_characters)
    most = limits.max_document_tokens
    try:
        return parse(source, max_lexical_tokens=most, max_comments=most, allow_empty_selection_sets=False)
    except GraphQLSyntaxError as error:
        if not error.message.endswith(_GIVEN_UP):
            raise
        said = error.message.removeprefix("Syntax Error: ").removesuffix(_GIVEN_UP)
        message = f"{said}Use variables, or ask in parts."
        is_nesting = "nested" in said  # which has no setting: graphql-core's parser recurses
        found = {} if is_nesting else {"limit": "max_document_tokens", "most": most}
        raise GraphQLError(message, original_error=QueryTooComplex(message, **found)) from None


def _too_long(length: int, most: int) -> GraphQLError:
    message = f"The document has {length:,} characters, {length - most:,} more than the {most:,} that are taken."
    message += " Use variables."
    original = QueryTooComplex(message, limit="max_document_characters", found=length, most=most)
    return GraphQLError(message, original_error=original)


def unlink_tokens(document: DocumentNode) -> int:
    """Part a document's tokens from each other, comments among them; how many there are.

    They are linked both ways, so that only the cyclic collector would free them: a third of a second at a time.
    """
    assert document.loc is not None  # it was parsed here
    count, token = 0, cast("Token | None", document.loc.start_token)
    while token is not None:
        following = token.next
        token.prev = token.next = None
        count, token = count + 1, following
    return count


def drop_tokens(document: DocumentNode) -> None:
    """Let a document that is kept go of its tokens, half of what it takes. Places keep their offsets and the source."""
    assert document.loc is not None  # it was parsed here
    first = document.loc.start_token
    nodes: list[Node] = [document]
    while nodes:
        node = nodes.pop()
        if node.loc is not None:
            node.loc.start_token = node.loc.end_token = first
        for key in node.keys:
            value = getattr(node, key)
            if isinstance(value, Node):
                nodes.append(value)
            elif isinstance(value, tuple):
                nodes += value
