"""Generated formulas give the same in PostgreSQL and in the oracle, of literals and of columns with blanks."""

from decimal import Decimal
from functools import cache

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.formulas.checking import check
from domain.formulas.compile import compile_formula
from domain.formulas.grammar import parse
from domain.formulas.types import Kind
from domain.sql import quote_text
from tests.domain.formulas.oracle import Value, evaluate
from tests.domain.formulas.running import environment, run, source

FIELDS = {
    name: source(name, kind)
    for name, kind in (
        ("N", Kind.NUMBER),
        ("M", Kind.NUMBER),
        ("T", Kind.TEXT),
        ("U", Kind.TEXT),
        ("B", Kind.BOOLEAN),
    )
}
_Formulas = st.SearchStrategy[str]
_texts = st.text("abcAB -%_\\'\"1.", max_size=5)
_numbers = st.decimals(-100, 100, places=2) | st.integers(-5, 5).map(Decimal)
_records = st.fixed_dictionaries(
    {
        "N": st.none() | _numbers,
        "M": st.none() | _numbers,
        "T": st.none() | _texts.filter(bool),
        "U": st.none() | _texts.filter(bool),
        "B": st.none() | st.booleans(),
    }
)


def _calls(template: str, *parts: _Formulas) -> _Formulas:
    return st.tuples(*parts).map(lambda texts: template.format(*texts))


@cache
def _number(depth: int) -> _Formulas:
    leaves = st.sampled_from(["N", "M", "B", "0", "1", "2.5", "BLANK()"])
    if depth == 0:
        return leaves
    n, t, b = _number(depth - 1), _text(depth - 1), _boolean(depth - 1)
    return st.one_of(
        leaves,
        *(_calls(template, n, n) for template in ("({} + {})", "({} - {})", "({} * {})", "MOD({}, {})")),
        *(_calls(template, n, n) for template in ("MAX({}, {})", "SUM({}, {})", "IFERROR({}, {})")),
        *(_calls(template, n) for template in ("-{}", "ABS({})", "INT({})", "ROUND({}, 1)")),
        _calls("({} / {})", n, st.sampled_from(["2", "-2.5", "0", "BLANK()", "IF(B, 4, 0)"])),  # exact quotients
        _calls("IF({}, {}, {})", b, n, n),
        _calls("LEN({})", t),
        _calls("FIND({}, {})", t, t),
    )


@cache
def _text(depth: int) -> _Formulas:
    leaves = st.sampled_from(["T", "U", "B", '""', '"a"', "'b\\\\'", "BLANK()"])
    if depth == 0:
        return leaves
    t, b = _text(depth - 1), _boolean(depth - 1)
    count = st.integers(-1, 4).map(str)
    return st.one_of(
        leaves,
        _calls("({} & {})", t, t),
        _calls("UPPER({})", t),
        _calls("LEFT({}, {})", t, count),
        _calls("MID({}, {}, {})", t, count, count),
        _calls("SUBSTITUTE({}, {}, {})", t, t, t),
        _calls("IF({}, {}, {})", b, t, t),
    )


@cache
def _boolean(depth: int) -> _Formulas:
    leaves = st.sampled_from(["B", "TRUE", "FALSE", "N", "T"])
    if depth == 0:
        return leaves
    n, t, b = _number(depth - 1), _text(depth - 1), _boolean(depth - 1)
    symbols = ("=", "!=", "<", "<=", ">", ">=")
    return st.one_of(
        leaves,
        *(_calls(f"({{}} & '' {symbol} {{}} & '')", t, t) for symbol in symbols),
        *(_calls(f"({{}} + 0 {symbol} {{}} + 0)", n, n) for symbol in symbols),
        _calls("AND({}, {})", b, b),
        _calls("OR({}, {})", b, b),
        _calls("XOR({}, {})", b, b),
        _calls("NOT({})", b),
        _calls("({} = BLANK())", t),
        _calls("ISERROR({})", n),
    )


def _literal(value: Value) -> str:
    if value is None:
        return "NULL"
    return quote_text(value) if isinstance(value, str) else str(value)


@given(st.one_of(_number(3), _text(3), _boolean(3)), _records)
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_a_formula_gives_what_the_oracle_says(
    pg: asyncpg.Connection, formula: str, record: dict[str, Value]
) -> None:
    typed = check(parse(formula), FIELDS.get)
    made = compile_formula(typed, environment())

    value = await run(pg, made, {field: _literal(record[name]) for name, field in FIELDS.items()})

    expected = evaluate(typed, record)
    if isinstance(expected, Decimal) and isinstance(value, Decimal):
        assert abs(value - expected) <= abs(expected) * Decimal("1e-9") + Decimal("1e-9"), formula
    else:
        assert value == expected, formula
        assert isinstance(value, bool) == isinstance(expected, bool)
