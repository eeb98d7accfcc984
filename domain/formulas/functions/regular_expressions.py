"""Functions of regular expressions: the part of PostgreSQL's that RE2 has too, with the pattern as a text in quotes.

A pattern that takes PostgreSQL long is ended by the statement's time limit.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from domain.formulas.contract import Environment, Example, Fragment, Function, Parameter, Result
from domain.formulas.typed import Application, Constant, Typed
from domain.formulas.types import Kind
from domain.sql import quote_text

TITLE: Final = "Regular expressions"

MAX_PATTERN: Final = 1_000
"""Characters of a pattern."""
MAX_REPEATS: Final = 255
"""The largest count in braces that PostgreSQL takes."""
_ADVANCED: Final = "***:"
"""Makes what follows one of PostgreSQL's advanced regular expressions, whatever a server is set to."""

_TOKENS = re.compile(
    r"(?P<escape>\\(?:[dDwWsS]|[tnrfv]|[^\w\s]))"
    r"|(?P<set>\[\^?\]?(?:\\[dwstnrfv]|\\[^\w\s]|\[:[a-z]+:\]|[^\]\\\[])*\])"
    r"|(?P<count>\{(?P<low>\d+)(?:,(?P<high>\d*))?\}\??)"
    r"|(?P<repeat>[*+?]\??)"
    r"|(?P<group>\(\?:|\((?!\?))"
    r"|(?P<close>\))"
    r"|(?P<other>[|.^$]|[^\\\[\](){}*+?|.^$])",
    re.ASCII,
)
_CLASS = re.compile(r"\[:(?:alpha|digit|alnum|upper|lower|space|punct|xdigit):\]")


def _check(texts: Sequence[str | None]) -> str | None:
    """What is wrong with a pattern, or None: what passes here PostgreSQL can read."""
    pattern = texts[1] or ""
    if len(pattern) > MAX_PATTERN:
        return f"the pattern has {len(pattern):,} characters; at most {MAX_PATTERN:,} are allowed."
    position, depth, may_repeat = 0, 0, False
    while position < len(pattern):
        token = _TOKENS.match(pattern, position)
        fault = _fault(token, depth, may_repeat)
        if token is None or fault:
            return f"{fault} at character {position + 1} of the pattern."
        kind = token.lastgroup if token["count"] is None else "count"
        depth += {"group": 1, "close": -1}.get(kind or "", 0)
        may_repeat = kind in ("escape", "set", "close") or (kind == "other" and token[0] not in "|^$")
        position = token.end()
    return None if depth == 0 else "a group has no end in the pattern."


def _fault(token: re.Match[str] | None, depth: int, may_repeat: bool) -> str | None:
    if token is None:
        return "what is not supported (such as look-around, references back, or \\b) or has no end stands"
    if token["close"] and depth == 0:
        return "a ')' without a '(' stands"
    if (token["repeat"] or token["count"]) and not may_repeat:
        return "a repetition of nothing stands"
    if token["count"]:
        low, high = int(token["low"]), int(token["high"] or token["low"])
        if high > MAX_REPEATS or low > high:
            return f"a count that is not in order or above {MAX_REPEATS} stands"
    return None if token["set"] is None else _set_fault(token["set"])


def _set_fault(text: str) -> str | None:
    bare = _CLASS.sub(r"\\w", text)  # which ends no range, as a class ends none
    if "[:" in bare[1:]:
        return "a set with a class that is not known stands"
    try:
        re.compile(bare)
    except re.error:
        return "a set that is not in order stands"
    return None


def _pattern(fragment: Fragment) -> str:
    assert fragment.literal is not None
    return quote_text(pattern_text(fragment.literal))


def pattern_text(pattern: str) -> str:
    """A pattern as PostgreSQL takes it."""
    return f"{_ADVANCED}{pattern}"


def patterns(node: Typed) -> Iterator[str]:
    """The patterns that a formula looks for; PostgreSQL may yet find one too complex."""
    if isinstance(node, Application):
        pattern = node.arguments[1] if node.function in FUNCTIONS else None
        if isinstance(pattern, Constant) and isinstance(pattern.value, str):
            yield pattern.value
        for argument in node.arguments:
            yield from patterns(argument)


def _match(_: Environment, text: Fragment, pattern: Fragment) -> str:
    return f"({text} ~ {_pattern(pattern)})"


def _extract(_: Environment, text: Fragment, pattern: Fragment) -> str:
    return f"regexp_substr({text}, {_pattern(pattern)})"


def _replace(_: Environment, text: Fragment, pattern: Fragment, new: Fragment) -> Result | str:
    assert new.literal is not None
    replacement = re.sub(r"\$(\d)", r"\\\1", new.literal.replace("\\", "\\\\"))
    return f"regexp_replace({text}, {_pattern(pattern)}, {quote_text(replacement)}, 'g')"


_TEXT: Final = Parameter("text", Kind.TEXT)
_PATTERN: Final = Parameter("pattern", Kind.TEXT, is_literal=True)

FUNCTIONS: Final = (
    Function(
        "REGEX_MATCH",
        (_TEXT, _PATTERN),
        Kind.BOOLEAN,
        "Whether the pattern is found somewhere in the text; case counts.",
        (Example('REGEX_MATCH("Hello", "l+o$")', True), Example('REGEX_MATCH("Hello", "^e")', False)),
        _match,
        check=_check,
    ),
    Function(
        "REGEX_EXTRACT",
        (_TEXT, _PATTERN),
        Kind.TEXT,
        "The first part of the text that the pattern is found in; blank if there is none.",
        (Example('REGEX_EXTRACT("a 12 b 345", "[0-9]+")', "12"), Example('REGEX_EXTRACT("abc", "[0-9]")', None)),
        _extract,
        check=_check,
    ),
    Function(
        "REGEX_REPLACE",
        (_TEXT, _PATTERN, Parameter("new", Kind.TEXT, is_literal=True)),
        Kind.TEXT,
        "The text with the new one in place of each part that the pattern is found in; $1 to $9 stand for its groups.",
        (
            Example('REGEX_REPLACE("a1b22", "[0-9]+", "#")', "a#b#"),
            Example('REGEX_REPLACE("Ada Lovelace", "(\\\\w+) (\\\\w+)", "$2, $1")', "Lovelace, Ada"),
        ),
        _replace,
        check=_check,
    ),
)
