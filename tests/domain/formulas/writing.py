"""Random trees of formulas, and their texts."""

from decimal import Decimal

from hypothesis import strategies as st

from domain.formulas.storing import escaped
from domain.formulas.tree import Boolean, Call, Chain, Negation, Node, Number, Reference, Text

_LEVELS = (("=", "!=", "<", "<=", ">", ">="), ("&",), ("+", "-"), ("*", "/"))


def written(node: Node) -> str:
    """A text that is parsed to this tree again."""
    match node:
        case Number():
            return f"{node.value:f}"
        case Text():
            return '"' + node.value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case Boolean():
            return "TRUE" if node.value else "False"
        case Reference():
            return escaped(node.key)
        case Negation():
            return f"-{_inside(node.operand)}"
        case Call():
            return f"{node.name.lower()}({', '.join(map(written, node.arguments))})"
        case Chain():
            rest = "".join(f" {operator}\n{_inside(operand)}" for operator, operand, _ in node.rest)
            return _inside(node.first) + rest


def _inside(node: Node) -> str:
    return f"({written(node)})" if isinstance(node, Chain) else written(node)


_texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
_leaves = st.one_of(
    st.decimals(0, 10**20, places=4).map(Number),
    st.decimals(0, 10, places=None, allow_nan=False).map(lambda value: Number(round(abs(Decimal(value)), 6))),
    _texts.map(Text),
    st.booleans().map(Boolean),
    _texts.filter(bool).map(Reference),
)


def _chains(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def chain(operators: tuple[str, ...]) -> st.SearchStrategy[Node]:
        item = st.tuples(st.sampled_from(operators), children)
        return st.builds(_chain, children, st.lists(item, min_size=1, max_size=3))

    return st.sampled_from(_LEVELS).flatmap(chain)


def _chain(first: Node, rest: list[tuple[str, Node]]) -> Node:
    return Chain(first, tuple((operator, operand, operand.place) for operator, operand in rest))


trees: st.SearchStrategy[Node] = st.recursive(
    _leaves,
    lambda children: st.one_of(
        children.map(Negation),
        _chains(children),
        st.builds(Call, st.sampled_from(["IF", "SUM", "NO_SUCH_1"]), st.lists(children, max_size=3).map(tuple)),
    ),
    max_leaves=12,
)
