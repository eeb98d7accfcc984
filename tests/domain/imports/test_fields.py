"""The drafts of fields for the columns of a file; their names over the API are in tests/graph/imports."""

from domain.bases.definitions import FieldDraft
from domain.imports.fields import field_drafts, primary_first
from tests.domain.imports.files import import_file


def names(header: str, taken: tuple[str, ...] = (), most: int = 255) -> list[str]:
    plan = import_file(f"{header}\n" + ",".join("x" for _ in header.split(",")) + "\n", has_header=True).plan
    return [draft.name for draft in field_drafts(plan.columns, most, taken).values()]


def test_names_lose_what_fields_may_not_begin_with() -> None:
    assert names("$a,$ $b,$,c$") == ["a", "b", "Column 3", "c$"]


def test_names_differ_from_those_that_are_taken_whatever_the_case() -> None:
    assert names("$a,b", taken=("A", "B 2")) == ["a 2", "b"]


def test_names_stay_within_the_limit() -> None:
    assert names("$abcdef,$abcdeg", most=5) == ["abcde", "abc 2"]


def test_drafts_have_the_types_and_options_of_their_columns() -> None:
    plan = import_file("Name,Price\nx,1.5\n").plan
    assert list(field_drafts(plan.columns, 255).values()) == [
        FieldDraft("Name", "text", {}),
        FieldDraft("Price", "number", {"precision": 1}),
    ]


def test_first_field_that_can_be_primary_comes_first() -> None:
    drafts = [FieldDraft("a", "checkbox"), FieldDraft("b", "multi_select"), FieldDraft("c", "date")]
    assert [draft.name for draft in primary_first(drafts, 255)] == ["c", "a", "b"]


def test_rows_are_counted_where_no_field_can_be_primary() -> None:
    drafts = [FieldDraft("row", "checkbox"), FieldDraft("Row 2", "multi_select")]
    assert primary_first(drafts, 255) == [FieldDraft("Row 3", "autonumber"), *drafts]
