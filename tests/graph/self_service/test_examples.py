"""Every example of docs/accounts.md is an operation of the schema."""

import re
from pathlib import Path

import pytest
from graphql import parse, print_ast, validate

from graph.schema import build_schema

PAGE = Path(__file__).parents[3] / "docs" / "accounts.md"
EXAMPLES = [
    print_ast(operation)
    for block in re.findall(r"```graphql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    for operation in parse(block).definitions
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_valid(example: str) -> None:
    assert validate(build_schema()._schema, parse(example)) == []


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 10
