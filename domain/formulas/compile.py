"""From a checked formula to SQL: an expression for its value and one for its error, over the row of a record."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from domain.fields.types.duration import MAX_SECONDS
from domain.formulas.contract import Environment, ErrorValue, Fragment, Function, as_result, when
from domain.formulas.grammar import MAX_LITERAL
from domain.formulas.typed import Application, Constant, FieldValue, Source, Typed
from domain.formulas.types import SQL_TYPES, Kind, Type
from domain.sql import quote_text

_FILLING: Final = {Kind.NUMBER: "0", Kind.TEXT: "''", Kind.BOOLEAN: "false"}
_BOUNDS: Final = {Kind.NUMBER: f">= {MAX_LITERAL:f}", Kind.DURATION: f"> {MAX_SECONDS}"}
"""What no field of such numbers holds."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A formula as SQL.

    `value` is NULL where the formula is blank or has an error; `error` is a text expression, NULL where there is no
    error, and None when there can be none.
    """

    type: Type
    value: str
    error: str | None
    is_generatable: bool
    """Whether both may be generated columns: immutable, without a subquery."""
    reads_clock: bool
    """Whether the same record has another value at another time."""


def compile_formula(formula: Typed, environment: Environment) -> Compiled:
    """The SQL of a formula; an empty text becomes NULL, a number of 1e21 or more an error.

    Raises `InvalidFormula` for one that is too large.
    """
    shared = _share(formula, environment)
    made = _fragment(formula, environment)
    value, error = made.sql, made.error
    if made.type == Type(Kind.TEXT):
        value = f"nullif({value}, '')"
    elif made.type.kind in _BOUNDS and not made.type.is_array and not made.is_atom:
        too_large = when(f"abs({made}) {_BOUNDS[made.type.kind]}", ErrorValue.NUMBER)
        error = first_error([error, too_large])
    if error is not None:
        value = f"CASE WHEN {error} IS NULL THEN {value} END"
    if shared:
        value, error = f"(SELECT {value} {shared})", error and f"(SELECT {error} {shared})"
    environment.size = 0
    environment.spend(len(value) + len(error or ""))
    is_generatable = made.is_immutable and not made.has_subquery and not made.is_constant
    return Compiled(made.type, value, error, is_generatable, made.reads_clock)


def _share(formula: Typed, environment: Environment) -> str:
    """The FROM of a subselect with the values of fields that are computed and named more than once; else nothing.

    What may be part of a generated column stays where it is, since such a column can have no subselect.
    """
    columns: list[str] = []
    for source, count in Counter(_sources(formula)).items():
        made = source.fragment(environment) if count > 1 else None
        if made is None or made.is_atom or made.is_immutable:
            continue
        name = f"v{len(columns)}"
        columns.append(f"{made} AS {name}")
        error = made.error and f"s.e{name}"
        if made.error:
            columns.append(f"{made.error} AS e{name}")
        environment.shared[source.id] = replace(made, sql=f"s.{name}", error=error, is_atom=True)
    return f"FROM (SELECT {', '.join(columns)} OFFSET 0) s" if columns else ""


def _sources(node: Typed) -> Iterator[Source]:
    if isinstance(node, FieldValue):
        yield node.source
    elif isinstance(node, Application):
        for argument in node.arguments:
            yield from _sources(argument)


def first_error(errors: Sequence[str | None]) -> str | None:
    """The SQL of the first error that there is."""
    possible = [error for error in errors if error is not None]
    if len(possible) < 2:
        return possible[0] if possible else None
    return f"coalesce({', '.join(possible)})"


def _fragment(node: Typed, environment: Environment) -> Fragment:
    match node:
        case Constant():
            return _constant(node)
        case FieldValue():
            return environment.shared.get(node.source.id) or node.source.fragment(environment)
        case Application():
            return _application(node, environment)


def _constant(node: Constant) -> Fragment:
    match node.value:
        case bool():
            sql = "true" if node.value else "false"
        case Decimal():
            sql = f"{node.value:f}::numeric"
        case str():
            sql = quote_text(node.value) + "::text"
        case None:
            sql = f"NULL::{SQL_TYPES[node.type.kind]}"
    text = node.value if isinstance(node.value, str) else None
    return Fragment(node.type, sql, is_atom=True, is_filled=node.value is not None, is_constant=True, literal=text)


def _application(node: Application, environment: Environment) -> Fragment:
    made = [_fragment(argument, environment) for argument in node.arguments]
    arguments = [_filled(argument, node.function, i) for i, argument in enumerate(made)]
    result = as_result(node.function.sql(environment, *arguments))
    is_constant = not result.reads_row and all(argument.is_constant for argument in arguments)
    has_texts = Type(Kind.TEXT) in (node.type, *(argument.type for argument in arguments))
    error = result.error
    if not node.function.handles_errors:
        error = first_error([*(argument.error for argument in arguments), error])
    return Fragment(
        node.type,
        result.sql,
        error,
        # PostgreSQL 18 folds constants of a generated column before it knows their collation, and gives up.
        is_immutable=result.is_immutable
        and all(argument.is_immutable for argument in arguments)
        and not (is_constant and has_texts),
        has_subquery=result.has_subquery or any(argument.has_subquery for argument in arguments),
        reads_clock=result.reads_clock or any(argument.reads_clock for argument in arguments),
        is_constant=is_constant,
        zone=result.zone,
        locale=result.locale,
    )


def _filled(argument: Fragment, function: Function, position: int) -> Fragment:
    """A blank becomes 0, '' or false where the parameter is of that kind."""
    parameter = function.parameter(position)
    filling = None if parameter.kind is None or parameter.is_list else _FILLING.get(parameter.kind)
    if filling is None or argument.is_filled:
        return argument
    return replace(argument, sql=f"coalesce({argument}, {filling})", is_filled=True)
