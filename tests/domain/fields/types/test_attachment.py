"""The attachment field's exact rules."""

import asyncpg
import pytest
from pydantic import ValidationError

from domain.fields.operators import FilterOperator
from domain.fields.registry import field_type
from tests.domain.fields.column import make_column
from tests.domain.fields.parsing import parse, refusal

PHOTO = {"url": "https://files.example/a.png", "filename": "a.png", "size": 10, "type": "image/png"}


@pytest.mark.parametrize(
    ("url", "filename"),
    [
        ("https://a.example/x/y.tar.gz", "y.tar.gz"),
        ("https://a.example/x%2Fy.png", "xy.png"),
        ("https://a.example/%00%0A", "a.example"),
        ("https://a.example", "a.example"),
        ("https://a.example/" + "b" * 300, "b" * 255),
    ],
)
def test_filename_comes_from_the_url(url: str, filename: str) -> None:
    assert parse("attachment", [{"url": url}]) == [{"url": url, "filename": filename}]


def test_filename_may_have_any_blank() -> None:
    name = "Screenshot 9.41\u202fAM ünï.png"

    assert parse("attachment", [{**PHOTO, "filename": name}]) == [{**PHOTO, "filename": name}]


def test_place_of_a_fault_is_named() -> None:
    assert refusal("attachment", [PHOTO, {**PHOTO, "size": -1}]).loc == (1, "size")
    assert refusal("attachment", [{**PHOTO, "note": 1}]).loc == (0, "note")
    assert refusal("attachment", [{}]).message == "A file needs the key 'url'."


def test_allowed_types_are_patterns() -> None:
    options = {"allowed_types": ["IMAGE/*", "application/pdf"]}

    assert parse("attachment", [{**PHOTO, "type": "image/JPEG"}], options)
    assert refusal("attachment", [{**PHOTO, "type": "text/html"}], options).message == (
        "The field takes only files of the types image/*, application/pdf, not text/html."
    )
    assert refusal("attachment", [{"url": PHOTO["url"]}], options).message == (
        "The field takes only files of the types image/*, application/pdf: give the type."
    )


def test_size_has_a_limit() -> None:
    assert parse("attachment", [PHOTO], {"max_size": 10})
    assert refusal("attachment", [PHOTO], {"max_size": 9}).message == "The file may have at most 9 bytes, not 10."


@pytest.mark.parametrize(
    "options", [{"allowed_types": ["png"]}, {"allowed_types": "image/*"}, {"max_size": 0}], ids=str
)
def test_impossible_options_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        field_type("attachment").parse_options(options)


async def test_filters_and_order_look_at_filenames(connection: asyncpg.Connection) -> None:
    other = {"url": "https://files.example/B.pdf"}
    column = await make_column(connection, "attachment", {}, [PHOTO, other], [other], None)

    assert await column.texts() == ["a.png, B.pdf", "B.pdf", None]
    assert await column.ordered() == [2, 0, 1]
    assert await column.matching(FilterOperator.CONTAINS, ".png") == {0}
    assert await column.matching(FilterOperator.NOT_CONTAINS, ".png") == {1, 2}
