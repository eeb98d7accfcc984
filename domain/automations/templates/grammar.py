"""From a text to its template: the grammar, its limits, and what its errors say.

{{trigger.record.Full name}}            names with dots between them
{{trigger.record["a.b"].0}}             names that have dots, braces, brackets, quotes or `|` in them, as JSON texts
{{steps.1.records[0].Name | upper}}     items of lists; a filter
{{now | zone("Europe/Berlin") | format("YYYY-MM-DD")}}
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput, UnexpectedToken, VisitError

from domain.automations.templates.faults import InvalidTemplate
from domain.automations.templates.filters.registry import check_use
from domain.automations.templates.tree import Expression, Literal, Path, Place, Template, Use

MAX_LENGTH: Final = 100_000
"""Characters of a text with templates."""
MAX_EXPRESSIONS: Final = 1_000
"""Templates in a text."""
MAX_NAMES: Final = 32
"""Names in a path."""
MAX_FILTERS: Final = 16
"""Filters of a template."""

_GRAMMAR: Final = r"""
start: (path | TEXT) filter*
path: NAME step*
?step: "." NAME          -> name
     | "[" TEXT "]"      -> quoted
     | "[" NUMBER "]"    -> index
filter: "|" FILTER ["(" [literal ("," literal)*] ")"]
?literal: TEXT           -> text
        | NUMBER         -> number
        | WORD           -> word

NAME: /[^.|\[\]{}"\s](?:[^.|\[\]{}"]*[^.|\[\]{}"\s])?/
FILTER: /[a-z][a-z_]*/
TEXT: /"(?:[^"\\]|\\[\s\S])*"/
NUMBER: /-?[0-9]{1,15}(?:\.[0-9]{1,15})?/
WORD: "true" | "false" | "null"
%ignore /\s+/
"""
_BODY: Final = re.compile(r'(?:"(?:[^"\\]|\\[\s\S])*+"|[^"}]|\}(?!\}))*+\}\}')
"""What follows `{{`, up to the braces that close it."""
_OPENING: Final = "{{"
_REMEMBERED: Final = 2_000
"""Characters of a text whose template is kept."""
_WORDS: Final[dict[str, Literal]] = {"true": True, "false": False, "null": None}
_EXPECTED: Final = {
    "NAME": "a name",
    "FILTER": "the name of a filter",
    "TEXT": "a text in quotes",
    "NUMBER": "a number",
    "VBAR": "'|'",
    "DOT": "'.'",
    "LSQB": "'['",
    "RSQB": "']'",
    "LPAR": "'('",
    "RPAR": "')'",
    "COMMA": "','",
    "$END": "'}}'",
}


@dataclass(frozen=True, slots=True)
class _Parsed:
    head: Path | str
    filters: tuple[Use, ...]


def parse(text: str) -> Template:
    """The template that a text is; raises `InvalidTemplate` with line and column."""
    if len(text) > MAX_LENGTH:
        raise InvalidTemplate(f"A text with templates has at most {MAX_LENGTH:,} characters.")
    return _remembered(text) if len(text) <= _REMEMBERED else _read(text)


@lru_cache(maxsize=2_000)
def _remembered(text: str) -> Template:
    return _read(text)


def _read(text: str) -> Template:
    template = tuple(_parts(text))
    if sum(isinstance(part, Expression) for part in template) > MAX_EXPRESSIONS:
        raise InvalidTemplate(f"A text has at most {MAX_EXPRESSIONS:,} templates.")
    return template


def _parts(text: str) -> Iterator[str | Expression]:
    position = 0
    while (start := text.find(_OPENING, position)) >= 0:
        if start > position:
            yield text[position:start]
        found = _BODY.match(text, start + len(_OPENING))
        if found is None:
            raise InvalidTemplate("The template that begins here has no end.", _place(text, start))
        yield _expression(text, start, found.end())
        position = found.end()
    if position < len(text):
        yield text[position:]


def _expression(text: str, start: int, end: int) -> Expression:
    inner = text[start + 2 : end - 2]
    try:
        parsed: object = _parser().parse(inner)
    except UnexpectedInput as error:
        raise _syntax_error(error, text, start + 2, len(inner)) from None
    except VisitError as error:
        raise InvalidTemplate(str(error.orig_exc), _place(text, start)) from None
    except _Wrong as error:
        raise InvalidTemplate(str(error), _place(text, start)) from None
    assert isinstance(parsed, _Parsed)
    return Expression(parsed.head, parsed.filters, text[start:end], _place(text, start))


class _Wrong(Exception):
    """What is read means nothing; the message says why."""


class _Nodes(Transformer[Token, object]):
    """Makes our nodes while Lark parses."""

    def start(self, children: list[object]) -> _Parsed:
        head, *filters = children
        if len(filters) > MAX_FILTERS:
            raise _Wrong(f"A template has at most {MAX_FILTERS} filters.")
        uses = tuple(each for each in filters if isinstance(each, Use))
        return _Parsed(head if isinstance(head, Path) else _unquoted(str(head)), uses)

    def path(self, children: list[object]) -> Path:
        if len(children) > MAX_NAMES:
            raise _Wrong(f"A template has at most {MAX_NAMES} names in a path.")
        return Path(tuple(str(child) for child in children))

    @v_args(inline=True)
    def name(self, token: Token) -> str:
        return str(token)

    @v_args(inline=True)
    def quoted(self, token: Token) -> str:
        return _unquoted(token)

    @v_args(inline=True)
    def index(self, token: Token) -> str:
        return str(token)

    @v_args(inline=True)
    def text(self, token: Token) -> str:
        return _unquoted(token)

    @v_args(inline=True)
    def number(self, token: Token) -> float:
        return float(token) if "." in token else int(token)

    @v_args(inline=True)
    def word(self, token: Token) -> Literal:
        return _WORDS[token]

    def filter(self, children: list[object]) -> Use:
        name, *arguments = children
        use = Use(str(name), tuple(arguments))  # type: ignore[arg-type]  # literals, by the grammar
        if (reason := check_use(use)) is not None:
            raise _Wrong(reason)
        return use


def _unquoted(token: str) -> str:
    try:
        return str(json.loads(token, strict=False))
    except ValueError:
        raise _Wrong(
            f"{token} is no text of JSON's: of what follows a \\ it knows \\\" \\\\ \\/ \\n \\t \\uXXXX."
        ) from None


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", transformer=_Nodes(), maybe_placeholders=False)


def _syntax_error(error: UnexpectedInput, text: str, start: int, length: int) -> InvalidTemplate:
    if isinstance(error, UnexpectedToken):
        names = set(error.accepts or error.expected)
        is_end = error.token.type == "$END"
        position = start + length if is_end else start + (error.token.start_pos or 0)
        what = "The template ends" if is_end else f"{str(error.token)!r} stands"
    else:
        names = set(getattr(error, "allowed", None) or ())
        position = start + (error.pos_in_stream or 0)
        what = f"{text[position]!r} stands"
    expected = " or ".join(sorted({_EXPECTED[name] for name in names if name in _EXPECTED}))
    return InvalidTemplate(f"{what} where {expected} was expected.", _place(text, position))


def _place(text: str, position: int) -> Place:
    before = text[:position]
    return Place(before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1)
