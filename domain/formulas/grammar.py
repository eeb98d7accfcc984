"""From the text of a formula to its tree: the grammar, its limits, and what its errors say.

From loose to tight: comparisons, `&`, `+` and `-`, `*` and `/`, the minus before a value. All of them group from the
left. A field is `{Its Name}`, or its bare name where that is a word; `\\}` and `\\\\` stand for themselves in braces.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from domain.formulas.faults import InvalidFormula, Place
from domain.formulas.tree import Boolean, Call, Chain, Negation, Node, Number, Reference, Text

MAX_LENGTH: Final = 10_000
"""Characters of a formula."""
MAX_LEVELS: Final = 64
"""Levels of calls and operators in one another; in a chain of comparisons or of `*` and `/` each operator is one."""
MAX_LITERAL: Final = Decimal(10) ** 21
"""Literal numbers are smaller than this, as the values of number fields are."""
MAX_LITERAL_DECIMALS: Final = 30

_GRAMMAR: Final = r"""
start: expression
?expression: concatenation (COMPARISON concatenation)*  -> chain
?concatenation: sum (AMPERSAND sum)*                     -> chain
?sum: product (SIGN product)*                            -> chain
?product: unary (FACTOR unary)*                          -> chain
?unary: SIGN unary                                       -> signed
      | primary
?primary: "(" expression ")"
        | NUMBER                                         -> number
        | TEXT                                           -> text
        | REFERENCE                                      -> reference
        | NAME                                           -> word
        | NAME "(" [expression ("," expression)*] ")"    -> call

COMPARISON: "!=" | "<=" | ">=" | "=" | "<" | ">"
AMPERSAND: "&"
SIGN: "+" | "-"
FACTOR: "*" | "/"
NUMBER: /[0-9]+(\.[0-9]*)?|\.[0-9]+/
TEXT: /"(?:[^"\\]|\\[\s\S])*"/ | /'(?:[^'\\]|\\[\s\S])*'/
REFERENCE: /\{(?:[^}\\]|\\[\s\S])+\}/
NAME: /[^\W\d]\w*/
%ignore /\s+/
"""
_WORDS: Final = {
    "$END": "the end of the formula",
    "COMPARISON": "an operator",
    "AMPERSAND": "an operator",
    "SIGN": "an operator",
    "FACTOR": "an operator",
    "NUMBER": "a value",
    "TEXT": "a value",
    "REFERENCE": "a value",
    "NAME": "a value",
    "LPAR": "'('",
    "RPAR": "')'",
    "COMMA": "','",
}
_CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r"}
_ESCAPE = re.compile(r"\\([\s\S])")
_BOOLEANS: Final = {"TRUE": True, "FALSE": False}


def parse(text: str) -> Node:
    """The tree of a formula; raises `InvalidFormula` with the line, the column and what was expected there."""
    if len(text) > MAX_LENGTH:
        raise InvalidFormula(f"The formula has {len(text):,} characters; at most {MAX_LENGTH:,} are allowed.")
    return parse_stored(text)


@lru_cache(maxsize=2_000)
def parse_stored(text: str) -> Node:
    """As `parse`, of a text that may be longer, since ids are longer than names are."""
    if "\x00" in text:
        raise InvalidFormula("A formula may not hold the NUL character.")
    try:
        tree: Node = _parser().parse(text)  # type: ignore[assignment]  # the transformer makes nodes of Lark's trees
    except UnexpectedInput as error:
        raise _syntax_error(error, text) from None
    _check_levels(tree)
    return tree


class _Nodes(Transformer[Token, Node]):
    """Makes our nodes while Lark parses, so that nothing ever walks a tree that is too deep."""

    def start(self, children: list[Node]) -> Node:
        return children[0]

    def chain(self, children: list[Node | Token]) -> Node:
        first, *rest = children
        assert not isinstance(first, Token)
        if not rest:
            return first
        pairs = tuple(
            (str(operator), operand, _place(operator))
            for operator, operand in zip(rest[0::2], rest[1::2], strict=True)
            if isinstance(operator, Token) and not isinstance(operand, Token)
        )
        return Chain(first, pairs, first.place)

    def signed(self, children: list[Node | Token]) -> Node:
        sign, operand = children
        assert isinstance(sign, Token)
        assert not isinstance(operand, Token)
        return Negation(operand, _place(sign)) if sign == "-" else operand

    @v_args(inline=True)
    def number(self, token: Token) -> Node:
        value = Decimal(token)
        exponent = value.as_tuple().exponent
        if value >= MAX_LITERAL or (isinstance(exponent, int) and -exponent > MAX_LITERAL_DECIMALS):
            raise InvalidFormula(
                f"A number must be below 1e21 and have at most {MAX_LITERAL_DECIMALS} decimals.", _place(token)
            )
        return Number(value, _place(token))

    @v_args(inline=True)
    def text(self, token: Token) -> Node:
        return Text(_ESCAPE.sub(lambda found: _CONTROLS.get(found[1], found[1]), token[1:-1]), _place(token))

    @v_args(inline=True)
    def reference(self, token: Token) -> Node:
        return Reference(_ESCAPE.sub(r"\1", token[1:-1]), _place(token), *_span(token))

    @v_args(inline=True)
    def word(self, token: Token) -> Node:
        value = _BOOLEANS.get(token.upper())
        if value is not None:
            return Boolean(value, _place(token))
        return Reference(str(token), _place(token), *_span(token))

    def call(self, children: list[Node | Token | None]) -> Node:
        name, *arguments = children
        assert isinstance(name, Token)
        nodes = tuple(node for node in arguments if node is not None and not isinstance(node, Token))
        return Call(name.upper(), nodes, _place(name))


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", transformer=_Nodes(), propagate_positions=False)


def _place(token: Token) -> Place:
    assert token.line is not None
    assert token.column is not None
    return Place(token.line, token.column)


def _span(token: Token) -> tuple[int, int]:
    assert token.start_pos is not None
    assert token.end_pos is not None
    return token.start_pos, token.end_pos


def _syntax_error(error: UnexpectedInput, text: str) -> InvalidFormula:
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return InvalidFormula(f"The formula ends where {_listed(error.accepts)} was expected.", _end(text))
    place = Place(error.line, error.column)
    if isinstance(error, UnexpectedToken):
        return InvalidFormula(f"{str(error.token)!r} stands where {_listed(error.accepts)} was expected.", place)
    assert isinstance(error, UnexpectedCharacters)
    opened = {'"': "The text", "'": "The text", "{": "The reference to a field"}.get(error.char)
    if opened:
        return InvalidFormula(f"{opened} that begins here is empty or has no end.", place)
    return InvalidFormula(f"{error.char!r} has no meaning where {_listed(error.allowed)} was expected.", place)


def _listed(terminals: Iterable[str] | None) -> str:
    words = sorted({_WORDS[name] for name in terminals or () if name in _WORDS})
    return " or ".join(words)


def _end(text: str) -> Place:
    lines = text.split("\n")
    return Place(len(lines), len(lines[-1]) + 1)


def _check_levels(root: Node) -> None:
    """Without recursion, for a tree that is too deep may be too deep for Python."""
    waiting = [(root, 1)]
    while waiting:
        node, level = waiting.pop()
        if level > MAX_LEVELS:
            raise InvalidFormula(f"The formula is nested deeper than {MAX_LEVELS} levels.", node.place)
        match node:
            case Negation():
                waiting.append((node.operand, level + 1))
            case Call():
                waiting.extend((argument, level + 1) for argument in node.arguments)
            case Chain():
                waiting.extend(_operands(node, level))


def _operands(chain: Chain, level: int) -> Iterable[tuple[Node, int]]:
    """`&`, `+` and `-` group as the compiler likes; in other chains each operator has the ones before it inside."""
    count = len(chain.rest)
    is_flat = chain.rest[0][0] in "&+-"
    yield chain.first, level + (1 if is_flat else count)
    for index, (_, operand, _) in enumerate(chain.rest):
        yield operand, level + (1 if is_flat else count - index)
