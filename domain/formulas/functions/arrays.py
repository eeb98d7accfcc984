"""Functions of arrays; a single value is an array of one."""

from collections.abc import Callable, Sequence
from typing import Final

from domain.formulas.contract import Environment, Example, Fragment, Function, Parameter, Result
from domain.formulas.types import Kind, Type

TITLE: Final = "Arrays"

_ARRAY: Final = Parameter("values", is_list=True)
_WHOLE: Final = "greatest(-1000000000, least(1000000000, trunc({0})))::int"


def _array_of(types: Sequence[Type]) -> Type:
    return Type(types[0].kind, is_array=True)


def _flattened(types: Sequence[Type]) -> Type:
    kinds = sorted({type.kind for type in types})
    if len(kinds) > 1:
        raise ValueError(f"expects values of one type, not of {' and '.join(kinds)}.")
    return Type(kinds[0], is_array=True)


def _array(value: Fragment) -> str:
    return value.sql if value.type.is_array else f"ARRAY[{value}]"


def _join(environment: Environment, values: Fragment, separator: Fragment | None = None) -> Result:
    between = "', '" if separator is None else separator.sql
    is_number = values.type.kind in (Kind.NUMBER, Kind.DURATION)
    item = "trim_scale(item)::text" if is_number else "item::text"
    texts = f"ARRAY(SELECT {item} FROM unnest({_array(values)}) WITH ORDINALITY AS i(item, n) ORDER BY n)"
    return Result(f"array_to_string({texts}, {between})", is_immutable=False, has_subquery=True)


def _kept(condition: str) -> Callable[[Environment, Fragment], Result]:
    def sql(_: Environment, values: Fragment) -> Result:
        items = f"unnest({_array(values)}) WITH ORDINALITY AS i(item, n)"
        return Result(f"ARRAY(SELECT item FROM {items} WHERE {condition} ORDER BY n)", has_subquery=True)

    return sql


def _compact(environment: Environment, values: Fragment) -> Result:
    is_text = values.type.kind is Kind.TEXT
    return _kept("item <> ''" if is_text else "item IS NOT NULL")(environment, values)


def _unique(_: Environment, values: Fragment) -> Result:
    items = f"unnest({_array(values)}) WITH ORDINALITY AS i(item, n)"
    return Result(f"ARRAY(SELECT item FROM {items} GROUP BY item ORDER BY min(n))", has_subquery=True)


def _flatten(_: Environment, *values: Fragment) -> str:
    return f"({' || '.join(_array(value) for value in values)})"


def _slice(environment: Environment, values: Fragment, start: Fragment, end: Fragment | None = None) -> Result:
    def sql(array: str, first: str, last: str | None = None) -> str:
        size = f"cardinality({array})"

        def place(number: str) -> str:
            whole = _WHOLE.format(number)
            return f"CASE WHEN {number} < 0 THEN {size} + 1 + {whole} ELSE {whole} END"

        # A place before the first item is the first: PostgreSQL counts from 1, and so do formulas.
        upper = size if last is None else place(last)
        return f"({array})[greatest(1, {place(first)}):{upper}]"

    array = Fragment(Type(values.type.kind, True), _array(values), is_atom=values.is_atom)
    bound = [array, start] if end is None else [array, start, end]
    return environment.bind(bound, sql)


FUNCTIONS: Final = (
    Function(
        "ARRAYJOIN",
        (_ARRAY, Parameter("separator", Kind.TEXT, is_optional=True)),
        Kind.TEXT,
        "The values as one text, with the separator (a comma and a space if none is given) between them; blanks are "
        "left out.",
        (
            Example('ARRAYJOIN(ARRAYFLATTEN("a", "b"), "-")', "a-b"),
            Example("ARRAYJOIN(ARRAYFLATTEN(1.50, 2))", "1.5, 2"),
        ),
        _join,
    ),
    Function(
        "ARRAYCOMPACT",
        (_ARRAY,),
        _array_of,
        "The values that are not blank; an empty text is blank.",
        (Example('ARRAYJOIN(ARRAYCOMPACT(ARRAYFLATTEN("a", "", "b")), "-")', "a-b"),),
        _compact,
    ),
    Function(
        "ARRAYUNIQUE",
        (_ARRAY,),
        _array_of,
        "Each value once, where it stands first.",
        (Example('ARRAYJOIN(ARRAYUNIQUE(ARRAYFLATTEN("b", "a", "b")))', "b, a"),),
        _unique,
    ),
    Function(
        "ARRAYFLATTEN",
        (Parameter("values", is_list=True, repeats=True),),
        _flattened,
        "All values of several arrays of one type as one array; a single value is an array of one.",
        (Example('ARRAYFLATTEN("a", "b")', ["a", "b"]),),
        _flatten,
    ),
    Function(
        "ARRAYSLICE",
        (_ARRAY, Parameter("start", Kind.NUMBER), Parameter("end", Kind.NUMBER, is_optional=True)),
        _array_of,
        "The values from one place to another, the last if none is given, both included; the first is 1, and a "
        "negative place counts from the end.",
        (
            Example("ARRAYSLICE(ARRAYFLATTEN(1, 2, 3), 2)", [2, 3]),
            Example("ARRAYSLICE(ARRAYFLATTEN(1, 2, 3), 1, -2)", [1, 2]),
            Example("ARRAYSLICE(ARRAYFLATTEN(1, 2, 3), 4)", []),
        ),
        _slice,
    ),
)
