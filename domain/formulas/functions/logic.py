"""Logical functions."""

from collections.abc import Sequence
from typing import Final

from domain.formulas.contract import Environment, ErrorValue, Example, Fragment, Function, Parameter, Result
from domain.formulas.types import Kind, Type
from domain.sql import quote_text

TITLE: Final = "Logic"

_BOOLEANS: Final = (Parameter("condition", Kind.BOOLEAN, repeats=True),)
_NULL_ERROR: Final = "NULL::text"


def _same_rest(types: Sequence[Type]) -> Type:
    return types[1]


def _if(_: Environment, condition: Fragment, then: Fragment, *rest: Fragment) -> Result:
    value = f"CASE WHEN {condition} THEN {then}{f' ELSE {rest[0]}' if rest else ''} END"
    branches = [then.error, rest[0].error if rest else None]
    error = condition.error
    if any(branches):
        inner = f"CASE WHEN {condition} THEN {branches[0] or _NULL_ERROR} ELSE {branches[1] or _NULL_ERROR} END"
        error = f"coalesce({error}, {inner})" if error else inner
    return Result(value, error)


def _switch(environment: Environment, subject: Fragment, *rest: Fragment) -> Result:
    pairs = list(zip(rest[0::2], rest[1::2], strict=False))
    default = rest[-1] if len(rest) % 2 else None
    empty = {Kind.NUMBER: "0", Kind.TEXT: "''", Kind.BOOLEAN: "false"}.get(subject.type.kind)
    given = f"coalesce({subject}, {empty})" if empty else subject.sql
    cases = "".join(f" WHEN {pattern} THEN {value}" for pattern, value in pairs)
    value = f"CASE {given}{cases}{f' ELSE {default}' if default else ''} END"
    checks = [subject.error, *(pattern.error for pattern, _ in pairs)]
    if any(each.error for each in rest[1::2]) or (default and default.error):
        faults = "".join(f" WHEN {pattern} THEN {value.error or _NULL_ERROR}" for pattern, value in pairs)
        last = default.error if default and default.error else _NULL_ERROR
        checks.append(f"CASE {given}{faults} ELSE {last} END")
    present = [each for each in checks if each]
    return Result(value, f"coalesce({', '.join(present)}, NULL::text)" if present else None)


def _switch_groups(count: int) -> Sequence[Sequence[int]]:
    patterns = [0, *range(1, count - 1, 2)]
    values = [*range(2, count, 2)]
    if count % 2 == 0:
        values.append(count - 1)
    return (patterns, values)


def _xor(_: Environment, *conditions: Fragment) -> str:
    return f"(({' + '.join(f'({each})::int' for each in conditions)}) % 2 = 1)"


def _is_error(_: Environment, value: Fragment) -> Result:
    return Result(f"({value.error} IS NOT NULL)" if value.error else "false")


def _if_error(_: Environment, value: Fragment, otherwise: Fragment) -> Result:
    if value.error is None:
        return Result(value.sql)
    made = f"CASE WHEN {value.error} IS NULL THEN {value} ELSE {otherwise} END"
    error = otherwise.error and f"CASE WHEN {value.error} IS NOT NULL THEN {otherwise.error} END"
    return Result(made, error)


FUNCTIONS: Final = (
    Function(
        "IF",
        (
            Parameter("condition", Kind.BOOLEAN),
            Parameter("then", is_list=True),
            Parameter("otherwise", is_optional=True, is_list=True),
        ),
        _same_rest,
        "The second value where the condition holds, else the third or blank; an error counts where its value does. "
        "Values of different types become texts.",
        (
            Example('IF(1 < 2, "yes", "no")', "yes"),
            Example("IF(BLANK(), 1)", None),
            Example('IF(TRUE, 1, "x")', "1"),
            Example("IF(FALSE, 1 / 0, 2)", 2),
            Example("IF(1 / 0, 1, 2)", ErrorValue.DIVISION),
        ),
        _if,
        same=lambda count: (range(1, count),),
        handles_errors=True,
    ),
    Function(
        "SWITCH",
        (
            Parameter("value"),
            Parameter("pattern"),
            Parameter("result"),
            Parameter("more", is_optional=True, repeats=True),
        ),
        lambda types: types[2],
        "The result behind the first pattern that equals the value; a last argument without a pattern is for all "
        "others, else they are blank.",
        (
            Example('SWITCH(2, 1, "one", 2, "two", "many")', "two"),
            Example('SWITCH("c", "a", 1, "b", 2)', None),
            Example("SWITCH(9, 1, 1 / 0, 5)", 5),
        ),
        _switch,
        same=_switch_groups,
        handles_errors=True,
    ),
    Function(
        "AND",
        _BOOLEANS,
        Kind.BOOLEAN,
        "Whether all conditions hold; a number other than 0, a text that is not empty and any date count as true.",
        (Example('AND(1, "a", TRUE)', True), Example("AND(TRUE, 0)", False)),
        lambda _, *conditions: f"({' AND '.join(each.sql for each in conditions)})",
    ),
    Function(
        "OR",
        _BOOLEANS,
        Kind.BOOLEAN,
        "Whether at least one condition holds.",
        (Example("OR(FALSE, 2)", True), Example('OR("", BLANK())', False)),
        lambda _, *conditions: f"({' OR '.join(each.sql for each in conditions)})",
    ),
    Function(
        "XOR",
        _BOOLEANS,
        Kind.BOOLEAN,
        "Whether an odd number of conditions hold.",
        (Example("XOR(TRUE, FALSE, TRUE)", False), Example("XOR(1, 1, 1)", True)),
        _xor,
    ),
    Function(
        "NOT",
        (Parameter("condition", Kind.BOOLEAN),),
        Kind.BOOLEAN,
        "The opposite of the condition.",
        (Example("NOT(0)", True),),
        lambda _, condition: f"(NOT {condition})",
    ),
    Function(
        "TRUE", (), Kind.BOOLEAN, "True; the word alone is the same.", (Example("TRUE()", True),), lambda _: "true"
    ),
    Function(
        "FALSE", (), Kind.BOOLEAN, "False; the word alone is the same.", (Example("FALSE()", False),), lambda _: "false"
    ),
    Function("BLANK", (), Kind.BLANK, "No value.", (Example("BLANK()", None),), lambda _: "NULL::text"),
    Function(
        "ERROR",
        (),
        Kind.BLANK,
        "An error value, #ERROR!.",
        (Example("ERROR()", ErrorValue.CUSTOM), Example("IF(TRUE, ERROR(), 5)", ErrorValue.CUSTOM)),
        lambda _: Result("NULL::text", quote_text(ErrorValue.CUSTOM)),
    ),
    Function(
        "ISERROR",
        (Parameter("value", is_list=True),),
        Kind.BOOLEAN,
        "Whether the value is an error.",
        (Example("ISERROR(1 / 0)", True), Example("ISERROR(1)", False)),
        _is_error,
        handles_errors=True,
    ),
    Function(
        "IFERROR",
        (Parameter("value"), Parameter("otherwise")),
        lambda types: types[0],
        "The first value, or the second where the first is an error.",
        (Example("IFERROR(1 / 0, 5)", 5), Example('IFERROR("a", "b")', "a")),
        _if_error,
        same=lambda count: (range(count),),
        handles_errors=True,
    ),
)
