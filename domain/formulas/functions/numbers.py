"""Functions of numbers."""

from typing import Final

from domain.formulas.contract import Environment, ErrorValue, Example, Fragment, Function, Parameter, Result, Sql, when
from domain.formulas.types import Kind

TITLE: Final = "Numbers"

_X: Final = Parameter("number", Kind.NUMBER)
_STEP: Final = Parameter("step", Kind.NUMBER, is_optional=True)
_DECIMALS: Final = Parameter("decimals", Kind.NUMBER, is_optional=True)
_TINY: Final = "1e-300"
"""What stands for 0 where a logarithm is taken only so that it cannot raise."""


def _to_step(function: str) -> Sql:
    def sql(environment: Environment, x: Fragment, step: Fragment | None = None) -> Result:
        if step is None:
            return Result(f"{function}({x})")
        made = environment.bind([step], lambda s: f"({function}({x} / nullif(abs({s}), 0)) * abs({s}))")
        return Result(made.sql, when(f"{step} = 0", ErrorValue.DIVISION), has_subquery=made.has_subquery)

    return sql


def _places(decimals: str) -> str:
    return f"greatest(-30, least(30, trunc({decimals})))::int"


def _round(environment: Environment, x: Fragment, decimals: Fragment | None = None) -> Result:
    if decimals is None:
        return Result(f"floor({x} + 0.5)")
    return environment.bind(
        [decimals],
        lambda d: f"(floor({x} * power(10::numeric, {_places(d)}) + 0.5) * power(10::numeric, -{_places(d)}))",
    )


def _round_up(environment: Environment, x: Fragment, decimals: Fragment | None = None) -> Result:
    if decimals is None:
        return environment.bind([x], lambda n: f"(sign({n}) * ceil(abs({n})))")
    return environment.bind(
        [x, decimals],
        lambda n, d: (
            f"(sign({n}) * ceil(abs({n}) * power(10::numeric, {_places(d)})) * power(10::numeric, -{_places(d)}))"
        ),
    )


def _round_down(_: Environment, x: Fragment, decimals: Fragment | None = None) -> str:
    return f"trunc({x})" if decimals is None else f"trunc({x}, {_places(decimals.sql)})"


def _even(environment: Environment, x: Fragment) -> Result:
    return environment.bind([x], lambda n: f"(sign({n}) * 2 * ceil(abs({n}) / 2))")


def _odd(environment: Environment, x: Fragment) -> Result:
    return environment.bind(
        [x], lambda n: f"(CASE WHEN {n} < 0 THEN -1 ELSE 1 END * (2 * ceil((abs({n}) + 1) / 2) - 1))"
    )


def _modulo(environment: Environment, x: Fragment, divisor: Fragment) -> Result:
    made = environment.bind([divisor], lambda d: f"mod(mod({x}, nullif({d}, 0)) + {d}, nullif({d}, 0))")
    return Result(made.sql, when(f"{divisor} = 0", ErrorValue.DIVISION), has_subquery=made.has_subquery)


def _square_root(_: Environment, x: Fragment) -> Result:
    return Result(f"sqrt(greatest({x}, 0))", when(f"{x} < 0", ErrorValue.NUMBER))


def _exponential(_: Environment, x: Fragment) -> Result:
    return Result(f"exp(greatest(-100, least({x}, 49)))", when(f"{x} > 48.4", ErrorValue.NUMBER))


def _logarithm(_: Environment, x: Fragment, base: Fragment | None = None) -> Result:
    if base is None:
        return Result(f"log(greatest({x}, {_TINY}))", when(f"{x} <= 0", ErrorValue.NUMBER))
    # A base of 1 divides by the logarithm of 1.
    safe = f"coalesce(nullif(greatest({base}, {_TINY}), 1), 10)"
    wrong = when(f"{x} <= 0 OR {base} <= 0 OR {base} = 1", ErrorValue.NUMBER)
    return Result(f"log({safe}, greatest({x}, {_TINY}))", wrong)


def _power(environment: Environment, base: Fragment, exponent: Fragment) -> Result:
    def sql(x: str, y: str) -> Result:
        size = f"({y} * log(greatest(abs({x}), {_TINY})))"
        wrong = f"(({x} = 0 AND {y} < 0) OR ({x} < 0 AND {y} <> trunc({y})) OR ({x} <> 0 AND {size} > 21.1))"
        tiny = f"({x} <> 0 AND {size} < -40)"
        safe_base = f"CASE WHEN {wrong} THEN 1 WHEN {tiny} THEN 0 ELSE {x} END"
        safe_exponent = f"CASE WHEN {wrong} OR {tiny} THEN 1 ELSE {y} END"
        return Result(f"power({safe_base}, {safe_exponent})", when(wrong, ErrorValue.NUMBER))

    return environment.bind([base, exponent], sql)


def _value(_: Environment, text: Fragment) -> Result:
    bare = f"regexp_replace({text}, '[^0-9.+-]', '', 'g')"
    number = f"substring({bare} FROM '^([+-]?([0-9]{{1,21}}[.]?[0-9]{{0,30}}|[.][0-9]{{1,30}}))$')"
    return Result(f"{number}::numeric", when(f"{text} <> '' AND {number} IS NULL", ErrorValue.VALUE))


FUNCTIONS: Final = (
    Function(
        "ABS", (_X,), Kind.NUMBER, "The number without its sign.", (Example("ABS(-3)", 3),), lambda _, x: f"abs({x})"
    ),
    Function(
        "CEILING",
        (_X, _STEP),
        Kind.NUMBER,
        "The nearest multiple of the step (1 if left out) that is not smaller; the sign of the step does not count.",
        (
            Example("CEILING(1.01)", 2),
            Example("CEILING(-1.25, 0.1)", -1.2),
            Example("CEILING(1, 0)", ErrorValue.DIVISION),
        ),
        _to_step("ceil"),
    ),
    Function(
        "FLOOR",
        (_X, _STEP),
        Kind.NUMBER,
        "The nearest multiple of the step (1 if left out) that is not larger; the sign of the step does not count.",
        (Example("FLOOR(1.99)", 1), Example("FLOOR(-1.25, 0.1)", -1.3), Example("FLOOR(1, 0)", ErrorValue.DIVISION)),
        _to_step("floor"),
    ),
    Function(
        "ROUND",
        (_X, _DECIMALS),
        Kind.NUMBER,
        "The nearest number with so many decimals (0 if left out, -30 to 30); a tie goes to the larger one.",
        (
            Example("ROUND(2.5)", 3),
            Example("ROUND(-2.5)", -2),
            Example("ROUND(1.005, 2)", 1.01),
            Example("ROUND(1250, -2)", 1300),
        ),
        _round,
    ),
    Function(
        "ROUNDUP",
        (_X, _DECIMALS),
        Kind.NUMBER,
        "The number with so many decimals (0 if left out), away from 0.",
        (Example("ROUNDUP(1.1)", 2), Example("ROUNDUP(-1.11, 1)", -1.2)),
        _round_up,
    ),
    Function(
        "ROUNDDOWN",
        (_X, _DECIMALS),
        Kind.NUMBER,
        "The number with so many decimals (0 if left out), towards 0.",
        (Example("ROUNDDOWN(1.9)", 1), Example("ROUNDDOWN(-1.19, 1)", -1.1)),
        _round_down,
    ),
    Function(
        "EVEN",
        (_X,),
        Kind.NUMBER,
        "The nearest even whole number that is not closer to 0.",
        (Example("EVEN(1.5)", 2), Example("EVEN(-3)", -4), Example("EVEN(0)", 0)),
        _even,
    ),
    Function(
        "ODD",
        (_X,),
        Kind.NUMBER,
        "The nearest odd whole number that is not closer to 0; 1 for 0.",
        (Example("ODD(2)", 3), Example("ODD(-1.5)", -3), Example("ODD(0)", 1)),
        _odd,
    ),
    Function(
        "INT",
        (_X,),
        Kind.NUMBER,
        "The largest whole number that is not larger.",
        (Example("INT(1.9)", 1), Example("INT(-1.1)", -2)),
        lambda _, x: f"floor({x})",
    ),
    Function(
        "MOD",
        (_X, Parameter("divisor", Kind.NUMBER)),
        Kind.NUMBER,
        "What is left of a division; it has the sign of the divisor.",
        (
            Example("MOD(7, 3)", 1),
            Example("MOD(-7, 3)", 2),
            Example("MOD(7, -3)", -2),
            Example("MOD(1, 0)", ErrorValue.DIVISION),
        ),
        _modulo,
    ),
    Function(
        "SQRT",
        (_X,),
        Kind.NUMBER,
        "The square root; #NUM! below 0.",
        (Example("SQRT(9)", 3), Example("SQRT(-1)", ErrorValue.NUMBER)),
        _square_root,
    ),
    Function(
        "EXP",
        (_X,),
        Kind.NUMBER,
        "Euler's number to this power; #NUM! where that is 1e21 or more.",
        (Example("EXP(0)", 1), Example("EXP(100)", ErrorValue.NUMBER)),
        _exponential,
    ),
    Function(
        "LOG",
        (_X, Parameter("base", Kind.NUMBER, is_optional=True)),
        Kind.NUMBER,
        "The logarithm, to the base 10 if none is given; #NUM! for a number or a base of 0 or below, or the base 1.",
        (
            Example("LOG(1000)", 3),
            Example("LOG(8, 2)", 3),
            Example("LOG(0)", ErrorValue.NUMBER),
            Example("LOG(5, 1)", ErrorValue.NUMBER),
        ),
        _logarithm,
    ),
    Function(
        "POWER",
        (Parameter("base", Kind.NUMBER), Parameter("exponent", Kind.NUMBER)),
        Kind.NUMBER,
        "The base to the power of the exponent; #NUM! for 0 to a negative one, for a broken power of a negative base, "
        "and where the result is 1e21 or more.",
        (
            Example("POWER(2, 10)", 1024),
            Example("POWER(4, 0.5)", 2),
            Example("POWER(-2, 3)", -8),
            Example("POWER(0, 0)", 1),
            Example("POWER(0, -1)", ErrorValue.NUMBER),
            Example("POWER(-8, 0.5)", ErrorValue.NUMBER),
            Example("POWER(10, 1000)", ErrorValue.NUMBER),
            Example("POWER(10, -1000)", 0),
        ),
        _power,
    ),
    Function(
        "VALUE",
        (Parameter("text", Kind.TEXT),),
        Kind.NUMBER,
        "The number in a text, whatever letters, symbols and thousands' commas stand around it; blank for an empty "
        "text, #VALUE! where there is none.",
        (
            Example('VALUE("$1,234.50")', 1234.5),
            Example('VALUE("")', None),
            Example('VALUE("1.2.3")', ErrorValue.VALUE),
            Example('VALUE("none")', ErrorValue.VALUE),
        ),
        _value,
    ),
)
