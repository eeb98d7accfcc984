"""The README and the pages of docs/: examples are of this schema, links lead somewhere, and every page is listed."""

import re
from pathlib import Path
from typing import Final

import orjson
import pytest
from graphql import DocumentNode, GraphQLError, parse, validate

from graph.schema import build_schema

PROJECT: Final = Path(__file__).parents[2]
README: Final = PROJECT / "README.md"
PAGES: Final = [README, *sorted((PROJECT / "docs").glob("*.md"))]
_BLOCK: Final = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
_LINK: Final = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")
_HEADING: Final = re.compile(r"^#+ (.*)$", re.MULTILINE)


def text_of(page: Path) -> str:
    """What a page says."""
    return page.read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """What links to parts of a page may name."""
    code = re.compile(r"```.*?```", re.DOTALL)
    headings = _HEADING.findall(code.sub("", text_of(page)))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def problems(document: str) -> list[GraphQLError]:
    """What is wrong with the operations of an example, each taken by itself."""
    schema = build_schema()._schema
    each = [DocumentNode(definitions=(definition,)) for definition in parse(document).definitions]
    return [error for operation in each for error in validate(schema, operation)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_of_a_page_are_of_this_schema(page: Path) -> None:
    for language, example in _BLOCK.findall(text_of(page)):
        if language == "graphql":
            assert problems(example) == [], example
        if language == "json":
            orjson.loads(example)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    for path, anchor in _LINK.findall(text_of(page)):
        target = page.parent / path if path else page
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), f"{path}#{anchor}"


def test_the_operations_of_the_readme_s_first_session_can_be_pasted_together() -> None:
    session = text_of(README).partition("\n## A first session\n")[2]
    [document] = re.findall(r"```graphql\n(.*?)```", session.partition("\n## ")[0], re.DOTALL)

    assert validate(build_schema()._schema, parse(document)) == []


def test_the_readme_lists_every_page() -> None:
    index = text_of(README).partition("\n## All pages\n")[2].partition("\n## ")[0]

    assert sorted(re.findall(r"\]\(docs/([a-z-]+\.md)\)", index)) == [page.name for page in PAGES[1:]]
