"""Validation whose work is bounded: graphql-core's, given up where looking for fields that overlap takes too long."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from graphql import (
    DirectiveNode,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    specified_rules,
    validate,
)
from graphql.validation import ASTValidationRule, KnownDirectivesRule, OverlappingFieldsCanBeMergedRule
from graphql.validation.validate import ValidationAbortedError

from domain.errors import QueryTooComplex
from graph.execution.guard.known_names import list_known_names
from graph.execution.guard.overlaps import MAX_OVERLAP_STEPS, BriefOverlaps, least_steps

MAX_ERRORS: Final = 20
_TOO_MUCH = "The document selects the same fields, or spreads fragments, too often to be checked; select each once."


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
    OverlappingFieldsCanBeMergedRule: BriefOverlaps,
    KnownDirectivesRule: _WholeAnswers,
}
RULES: Final = tuple(_OURS.get(rule, rule) for rule in specified_rules)
CLOSED_RULES: Final = (*RULES, NoSchemaIntrospectionCustomRule)
"""Those of a server that does not show its schema."""


def validate_bounded(schema: GraphQLSchema, document: DocumentNode, *, shows_schema: bool = True) -> list[GraphQLError]:
    """What is wrong with a document; an error with `QueryTooComplex` in it where that could not be found out.

    Without `shows_schema` introspection is wrong as well, and no error suggests names.
    """
    if least_steps(document) > MAX_OVERLAP_STEPS:
        return [_too_much()]
    rules = _Rules(RULES if shows_schema else CLOSED_RULES)
    errors = validate(
        schema,
        document,
        rules.makers,
        max_errors=MAX_ERRORS,
        hide_suggestions=not shows_schema,
        allow_empty_selection_sets=False,
    )
    rules.forget()
    if errors and isinstance(errors[-1], ValidationAbortedError) and len(errors) <= MAX_ERRORS:
        errors[-1] = _too_much()
    errors = [_plain(error) for error in errors]
    if shows_schema:
        list_known_names(errors, schema)
    return errors


def _too_much() -> GraphQLError:
    return GraphQLError(_TOO_MUCH, original_error=QueryTooComplex(_TOO_MUCH))


class _Rules:
    """Rules for one document, which let go of what they have found out as soon as it is checked.

    Each refers to itself, by the methods that a visitor looks up: so the document, and up to 100,000 objects of those
    that were compared, would stay until the cyclic collector finds them, and take it a third of a second at a time.
    """

    def __init__(self, rules: Sequence[type[ASTValidationRule]]) -> None:
        self._made: list[ASTValidationRule] = []
        self.makers: Any = [partial(self._make, rule) for rule in rules]
        """To be called as the rules would be."""

    def forget(self) -> None:
        """Empty the rules, which nobody asks any more."""
        for rule in self._made:
            vars(rule).clear()

    def _make(self, rule: type[ASTValidationRule], context: Any) -> ASTValidationRule:
        made = rule(context)
        self._made.append(made)
        return made


def _plain(error: GraphQLError) -> GraphQLError:
    """The error itself, or a plain one where Python refused to read a number of thousands of digits."""
    if not isinstance(error.original_error, ValueError):
        return error
    return GraphQLError("The number has too many digits.", error.nodes)
