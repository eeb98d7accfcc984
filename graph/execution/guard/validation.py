"""Validation whose work is bounded: graphql-core's, given up where looking for fields that overlap takes too long."""

from collections.abc import Mapping
from typing import Any, Final

from graphql import (
    DirectiveNode,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    ValidationContext,
    specified_rules,
    validate,
)
from graphql.validation import ASTValidationRule, KnownDirectivesRule, OverlappingFieldsCanBeMergedRule
from graphql.validation.validate import ValidationAbortedError

from domain.errors import QueryTooComplex

MAX_ERRORS: Final = 20
MAX_OVERLAP_STEPS: Final = 10_000
"""Steps of that search in one document, of up to 3 µs: graphql-core's own bound of 500,000 allows for a second.

Fields of the same name in one selection are compared in pairs, and so are the fragments that are spread there. Nobody
who writes or generates queries comes near it: 40 fragments in one selection, each with a field of the same name,
take 4,000.
"""

_TOO_MUCH = "The document selects the same fields, or spreads fragments, too often to be checked; select each once."


class _BriefOverlaps(OverlappingFieldsCanBeMergedRule):
    """The rule of the specification, within `MAX_OVERLAP_STEPS`."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = MAX_OVERLAP_STEPS


class _WholeAnswers(KnownDirectivesRule):
    """The rule of the specification, which says of the directives of incremental delivery why they are not known."""

    def enter_directive(self, node: DirectiveNode, *arguments: Any) -> None:
        """Called for each directive of the document."""
        if node.name.value in ("defer", "stream"):
            message = f"An answer comes whole here: there is no '@{node.name.value}'; ask for the rest by itself."
            self.report_error(GraphQLError(message, node))
        else:
            super().enter_directive(node, *arguments)


_OURS: Final[Mapping[type[ASTValidationRule], type[ASTValidationRule]]] = {
    OverlappingFieldsCanBeMergedRule: _BriefOverlaps,
    KnownDirectivesRule: _WholeAnswers,
}
RULES: Final = tuple(_OURS.get(rule, rule) for rule in specified_rules)
CLOSED_RULES: Final = (*RULES, NoSchemaIntrospectionCustomRule)
"""Those of a server that does not show its schema."""


def validate_bounded(schema: GraphQLSchema, document: DocumentNode, *, shows_schema: bool = True) -> list[GraphQLError]:
    """What is wrong with a document; an error with `QueryTooComplex` in it where that could not be found out.

    Without `shows_schema` introspection is wrong as well, and no error suggests names.
    """
    errors = validate(
        schema,
        document,
        RULES if shows_schema else CLOSED_RULES,
        max_errors=MAX_ERRORS,
        hide_suggestions=not shows_schema,
        allow_empty_selection_sets=False,
    )
    if errors and isinstance(errors[-1], ValidationAbortedError) and len(errors) <= MAX_ERRORS:
        errors[-1] = GraphQLError(_TOO_MUCH, original_error=QueryTooComplex(_TOO_MUCH))
    return [_plain(error) for error in errors]


def _plain(error: GraphQLError) -> GraphQLError:
    """The error itself, or a plain one where Python refused to read a number of thousands of digits."""
    if not isinstance(error.original_error, ValueError):
        return error
    return GraphQLError("The number has too many digits.", error.nodes)
