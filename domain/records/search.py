"""Text search over the records of a table: what a person would find who looks at the values."""

from domain.records.rows import Row

_MOST_ARGUMENTS = 90
"""PostgreSQL takes 100 arguments a call."""


def compile_search(row: Row, position: int) -> str:
    """A condition: one of the searchable fields contains `inputs[position]`, without regard to case."""
    texts = [row.text(field) for field in row.table.fields if field.type.is_searched(field.options)]
    if not texts:
        return "false"
    while len(texts) > 1:
        texts = [_joined(texts[i : i + _MOST_ARGUMENTS]) for i in range(0, len(texts), _MOST_ARGUMENTS)]
    sought = row.parameters.input(position, "text")
    return f"strpos(lower(coalesce({texts[0]}, '')), lower({sought})) > 0"


def _joined(texts: list[str]) -> str:
    """The texts with a line break between them, so that nothing is found across two fields."""
    return f"concat_ws(E'\\n', {', '.join(texts)})"
