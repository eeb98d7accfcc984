"""The formats of DATETIME_FORMAT and DATETIME_PARSE: which letters stand for what, as in Moment.js.

Facts from https://momentjs.com/docs/#/displaying/format/.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from domain.formulas.locales import Language

MAX_FORMAT: Final = 500
"""Characters of a format."""

_TOKEN = re.compile(
    r"(?P<literal>\[[^\[\]]*\]|\\[\s\S])"
    r"|(?P<token>Mo|M{1,4}|Qo?|DDDo|DDDD|DDD|Do|DD?|do|d{1,4}|e|E|wo|ww?|Wo|WW?|YYYY|YY|gggg|gg|GGGG|GG"
    r"|[aA]|HH?|hh?|kk?|mm?|ss?|S{1,9}|X|x|zz?|ZZ?)"
    r"|(?P<other>[\s\S])"
)
_LONG = re.compile(r"\[[^\[\]]*\]|\\[\s\S]|LTS|LT|L{1,4}|l{1,4}")
_SHORTER: Final = {"MMMM": "MMM", "MM": "M", "DD": "D", "dddd": "ddd"}


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters that stand for a part of a moment, or text that stands for itself."""

    text: str
    is_token: bool


def pieces(format: str, language: Language) -> list[Piece]:
    """What a format is made of; letters that mean nothing and what stands in `[...]` or behind `\\` are text."""
    found: list[Piece] = []
    for piece in _matches(_LONG.sub(lambda match: _expanded(match[0], language), format)):
        if found and not piece.is_token and not found[-1].is_token:
            piece = Piece(found.pop().text + piece.text, is_token=False)
        found.append(piece)
    return found


def _matches(format: str) -> Iterator[Piece]:
    for match in _TOKEN.finditer(format):
        if match["token"]:
            yield Piece(match["token"], is_token=True)
        elif match["other"]:
            yield Piece(match["other"], is_token=False)
        else:
            literal = match["literal"]
            yield Piece(literal[1:] if literal[0] == "\\" else literal[1:-1], is_token=False)


def _expanded(token: str, language: Language) -> str:
    """The format that one of the language's own stands for; those in small letters are the shorter ones."""
    if token[0] in "[\\":
        return token
    if token[0] == "L":
        return language.formats[token]
    long = language.formats[token.upper()]
    return re.sub(r"\[[^\]]*\]|MMMM|MM|DD|dddd", lambda match: _SHORTER.get(match[0], match[0]), long)
