"""Functions of texts; positions count characters from 1."""

from typing import Final

from domain.formulas.contract import Environment, ErrorValue, Example, Fragment, Function, Parameter, Result, when
from domain.formulas.types import Kind, Type

TITLE: Final = "Texts"

MAX_TEXT: Final = 100_000
"""Characters that REPT, SUBSTITUTE and REPLACE may make; each replacement counts as if it were for every character."""

_TEXT: Final = Parameter("text", Kind.TEXT)
_WHOLE: Final = "greatest(-1000000000, least(1000000000, trunc({0})))::int"


def _whole(number: Fragment) -> str:
    return _WHOLE.format(number)


def _left(_: Environment, text: Fragment, count: Fragment) -> str:
    return f"left({text}, greatest(0, {_whole(count)}))"


def _right(_: Environment, text: Fragment, count: Fragment) -> str:
    return f"right({text}, greatest(0, {_whole(count)}))"


def _mid(_: Environment, text: Fragment, start: Fragment, count: Fragment) -> str:
    return f"substr({text}, greatest(1, {_whole(start)}), greatest(0, {_whole(count)}))"


def _find(environment: Environment, part: Fragment, text: Fragment, start: Fragment | None = None) -> Result:
    if start is None:
        return Result(f"strpos({text}, {part})::numeric")
    return environment.bind(
        [start],
        lambda s: (
            f"coalesce(nullif(strpos(substr({text}, greatest(1, {_WHOLE.format(s)})), {part}), 0)"
            f" + greatest(1, {_WHOLE.format(s)}) - 1, 0)::numeric"
        ),
    )


def _search(environment: Environment, part: Fragment, text: Fragment, start: Fragment | None = None) -> Result:
    found = _find(environment, part, text, start)
    return Result(f"nullif({found.sql}, 0)", has_subquery=found.has_subquery)


def _replace(environment: Environment, text: Fragment, start: Fragment, count: Fragment, new: Fragment) -> Result:
    def sql(t: str, s: str, c: str) -> Result:
        first = f"greatest(1, {_WHOLE.format(s)})"
        return Result(f"(left({t}, {first} - 1) || {new} || substr({t}, {first} + greatest(0, {_WHOLE.format(c)})))")

    return environment.bind([text, start, count], sql)


def _substitute(
    environment: Environment, text: Fragment, old: Fragment, new: Fragment, index: Fragment | None = None
) -> Result:
    def all_of(t: str, o: str, n: str) -> Result:
        too_long = f"length({t})::bigint * length({n}) > {MAX_TEXT}"
        return Result(
            f"replace({t}, {o}, CASE WHEN {too_long} THEN '' ELSE {n} END)",
            when(f"strpos({t}, {o}) > 0 AND {too_long}", ErrorValue.VALUE),
        )

    def one_of(t: str, o: str, n: str, i: str) -> Result:
        pieces = f"string_to_array({t}, nullif({o}, ''))"
        nth = _WHOLE.format(i)
        changed = f"array_to_string(({pieces})[1:{nth}], {o}) || {n} || array_to_string(({pieces})[{nth} + 1:], {o})"
        is_there = f"{o} <> '' AND {nth} > 0 AND {nth} < coalesce(cardinality({pieces}), 0)"
        return Result(f"(CASE WHEN {is_there} THEN {changed} ELSE {t} END)", is_immutable=False)

    if index is None:
        return environment.bind([text, old, new], all_of)
    return environment.bind([text, old, new, index], one_of)


def _repeat(environment: Environment, text: Fragment, count: Fragment) -> Result:
    def sql(t: str, c: str) -> Result:
        times = f"greatest(0, {_WHOLE.format(c)})"
        too_long = f"length({t})::bigint * {times} > {MAX_TEXT}"
        return Result(f"repeat({t}, CASE WHEN {too_long} THEN 0 ELSE {times} END)", when(too_long, ErrorValue.VALUE))

    return environment.bind([text, count], sql)


def _only_text(_: Environment, value: Fragment) -> str:
    return value.sql if value.type == Type(Kind.TEXT) else "NULL::text"


def _encode(_: Environment, text: Fragment) -> Result:
    octets = "regexp_replace(upper(encode(convert_to(item, 'UTF8'), 'hex')), '(..)', '%\\1', 'g')"
    item = f"CASE WHEN item ~ '^[A-Za-z0-9_.!~*''()-]$' THEN item ELSE {octets} END"
    sql = f"(SELECT string_agg({item}, '' ORDER BY n) FROM string_to_table({text}, NULL) WITH ORDINALITY AS i(item, n))"
    return Result(sql, is_immutable=False, has_subquery=True)


_PART: Final = Parameter("part", Kind.TEXT)
_START: Final = Parameter("start", Kind.NUMBER, is_optional=True)
_COUNT: Final = Parameter("count", Kind.NUMBER)
_FROM: Final = Parameter("start", Kind.NUMBER)

FUNCTIONS: Final = (
    Function(
        "CONCATENATE",
        (Parameter("text", Kind.TEXT, repeats=True),),
        Kind.TEXT,
        "The texts, one behind the other, as `&` puts them.",
        (Example('CONCATENATE("a", 1, BLANK(), "b")', "a1b"),),
        lambda _, *texts: f"({' || '.join(text.sql for text in texts)})",
    ),
    Function(
        "LEN",
        (_TEXT,),
        Kind.NUMBER,
        "How many characters the text has.",
        (Example('LEN("größe")', 5), Example("LEN(BLANK())", 0)),
        lambda _, text: f"length({text})::numeric",
    ),
    Function(
        "LOWER",
        (_TEXT,),
        Kind.TEXT,
        "The text in small letters.",
        (Example('LOWER("AbC")', "abc"),),
        lambda _, text: f"lower({text})",
    ),
    Function(
        "UPPER",
        (_TEXT,),
        Kind.TEXT,
        "The text in capital letters.",
        (Example('UPPER("AbC")', "ABC"),),
        lambda _, text: f"upper({text})",
    ),
    Function(
        "TRIM",
        (_TEXT,),
        Kind.TEXT,
        "The text without spaces, tabs and line ends before and behind it.",
        (Example('TRIM("  a b\\n")', "a b"),),
        lambda _, text: f"btrim({text}, E' \\t\\n\\r')",
    ),
    Function(
        "LEFT",
        (_TEXT, _COUNT),
        Kind.TEXT,
        "The first characters; none for a count of 0 or below.",
        (Example('LEFT("abc", 2)', "ab"), Example('LEFT("abc", -1)', None)),
        _left,
    ),
    Function(
        "RIGHT",
        (_TEXT, _COUNT),
        Kind.TEXT,
        "The last characters; none for a count of 0 or below.",
        (Example('RIGHT("abc", 2)', "bc"), Example('RIGHT("abc", 9)', "abc")),
        _right,
    ),
    Function(
        "MID",
        (_TEXT, _FROM, _COUNT),
        Kind.TEXT,
        "So many characters from a position on, where 1 is the first; a position below 1 counts as 1.",
        (Example('MID("abcd", 2, 2)', "bc"), Example('MID("abcd", 0, 2)', "ab")),
        _mid,
    ),
    Function(
        "FIND",
        (_PART, _TEXT, _START),
        Kind.NUMBER,
        "The position of the first place where the part stands, at the start position or behind it; 0 if nowhere. "
        "Case counts.",
        (Example('FIND("b", "abcb")', 2), Example('FIND("b", "abcb", 3)', 4), Example('FIND("x", "abc")', 0)),
        _find,
    ),
    Function(
        "SEARCH",
        (_PART, _TEXT, _START),
        Kind.NUMBER,
        "The position of the first place where the part stands, as FIND gives it, but blank if nowhere.",
        (Example('SEARCH("b", "abcb")', 2), Example('SEARCH("x", "abc")', None)),
        _search,
    ),
    Function(
        "REPLACE",
        (_TEXT, _FROM, _COUNT, Parameter("new", Kind.TEXT)),
        Kind.TEXT,
        "The text with another in place of so many characters from a position on; a position below 1 counts as 1.",
        (Example('REPLACE("abcd", 2, 2, "xyz")', "axyzd"), Example('REPLACE("ab", 9, 1, "c")', "abc")),
        _replace,
    ),
    Function(
        "SUBSTITUTE",
        (
            _TEXT,
            Parameter("old", Kind.TEXT),
            Parameter("new", Kind.TEXT),
            Parameter("index", Kind.NUMBER, is_optional=True),
        ),
        Kind.TEXT,
        f"The text with each place where the old part stands replaced, or only the place with the index, from 1; "
        f"#VALUE! where the length of the text times that of the new part is above {MAX_TEXT:,}.",
        (
            Example('SUBSTITUTE("a-b-c", "-", "+")', "a+b+c"),
            Example('SUBSTITUTE("a-b-c", "-", "+", 2)', "a-b+c"),
            Example('SUBSTITUTE("abc", "", "x")', "abc"),
            Example('SUBSTITUTE("a-b", "-", "+", 5)', "a-b"),
            Example('SUBSTITUTE(REPT("a", 1000), "a", REPT("b", 101))', ErrorValue.VALUE),
        ),
        _substitute,
    ),
    Function(
        "REPT",
        (_TEXT, _COUNT),
        Kind.TEXT,
        f"The text so many times; #VALUE! where that is more than {MAX_TEXT:,} characters.",
        (Example('REPT("ab", 3)', "ababab"), Example('REPT("a", 1000000)', ErrorValue.VALUE)),
        _repeat,
    ),
    Function(
        "ENCODE_URL_COMPONENT",
        (_TEXT,),
        Kind.TEXT,
        "The text as a part of a URL: each octet of its UTF-8 is %XX, but for letters and digits of ASCII and - _ . ! "
        "~ * ' ( ).",
        (
            Example('ENCODE_URL_COMPONENT("a b&c/ä€")', "a%20b%26c%2F%C3%A4%E2%82%AC"),
            Example('ENCODE_URL_COMPONENT("(it\'s-OK!)_*~.")', "(it's-OK!)_*~."),
        ),
        _encode,
    ),
    Function(
        "T",
        (Parameter("value"),),
        Kind.TEXT,
        "The value if it is a text, else blank.",
        (Example('T("a")', "a"), Example("T(1)", None)),
        _only_text,
    ),
)
